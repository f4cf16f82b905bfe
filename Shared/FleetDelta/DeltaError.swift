/// Why a delta could not be made or carried out.
package struct DeltaError: Error, CustomStringConvertible, Equatable {
    package enum Code: String, Sendable {
        /// The bytes are no delta, or one that was changed on its way: fetch it again.
        case malformed
        /// More files, bytes or memory than the limits allow.
        case tooLarge = "too_large"
        /// Another format, from a newer release.
        case unsupported
        /// The base that it was made from is not the one that is here.
        case wrongBase = "wrong_base"
        /// What came out is not what was to come out.
        case mismatch
        /// Whoever asked for it did not want it any longer.
        case stopped
        /// The disk refused.
        case file
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}
