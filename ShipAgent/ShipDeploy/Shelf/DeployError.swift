import FleetDelta
import FleetRuntime

/// Why a step of a deployment could not be done aboard.
package struct DeployError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No room on the disk.
        case full
        /// A tree that is needed is not on the shelf.
        case notHeld = "not_held"
        /// What came is not what was offered: fetch it again.
        case damaged
        /// What was offered does not make what was ordered: the same bytes once more would not either.
        case wrong
        /// What has the slot's version for its own could not be told.
        case consumer
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
