import FleetModel
import FleetProtocol

/// A want as the shore keeps it.
package struct ShipWant: Sendable, Equatable {
    package enum State: String, Sendable {
        /// The ship was not here since, or is one of before that can't be asked.
        case waiting
        /// Sent, and not answered yet.
        case told
        case answered
    }

    package let id: Int64
    package let from: Timestamp
    package let to: Timestamp
    package let maxBytes: Int64
    /// The name of the token.
    package let requestedBy: String
    package let requestedAt: Timestamp
    package let toldAt: Timestamp?
    package let answeredAt: Timestamp?
    package let answer: WantAnswer?

    package var state: State {
        answeredAt != nil ? .answered : toldAt != nil ? .told : .waiting
    }

    var want: Want {
        Want(id: UInt64(clamping: id), from: from, to: to, maxBytes: UInt64(clamping: maxBytes))
    }
}
