/// Why a segment could not be sealed or opened.
///
/// The description is safe to show: it names sizes, counts and limits, never content.
package struct SegmentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Open, so that a later version may add one; compare with the static members.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A snake_case word, fit for a metric's label.
        package let name: String

        package init(_ name: String) { self.name = name }

        package var description: String { name }

        /// The bytes do not begin as a segment does.
        package static let badMagic = Self("bad_magic")
        /// A segment, but of another kind than asked for.
        package static let wrongKind = Self("wrong_kind")
        /// Made by a later version than this one knows.
        package static let unsupportedVersion = Self("unsupported_version")
        package static let wrongChecksum = Self("wrong_checksum")
        /// Larger than its limit, in bytes. An encoder's caller splits its records and tries again.
        package static let tooLarge = Self("too_large")
        /// A count, a length or a span above its limit.
        package static let aboveLimit = Self("above_limit")
        /// The bytes end before their content does.
        package static let truncated = Self("truncated")
        /// The bytes contradict themselves, or what they say is not allowed.
        package static let malformed = Self("malformed")
        /// What was to be encoded can't be: a series twice in one batch, numbers out of order.
        package static let invalidInput = Self("invalid_input")
        /// A predicted segment without its predecessor's context.
        package static let missingContext = Self("missing_context")
        /// A predicted segment with another segment's context.
        package static let wrongContext = Self("wrong_context")
        /// The compression library failed for a reason of its own, such as want of memory.
        package static let compressionFailed = Self("compression_failed")
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ error: ByteError) {
        let code: Code =
            switch error {
            case .truncated: .truncated
            case .aboveLimit: .aboveLimit
            case .varintTooLong, .notUTF8, .trailingBytes: .malformed
            }
        self.init(code, error.description)
    }

    package var description: String { "\(code.name): \(detail)" }
}

extension SegmentError {
    /// Runs what reads bytes, and gives its failure a segment's name.
    static func translating<Value>(
        _ body: () throws(ByteError) -> Value
    ) throws(SegmentError) -> Value {
        do throws(ByteError) {
            return try body()
        } catch {
            throw SegmentError(error)
        }
    }
}
