import CoreDomain
import FleetModel
import FleetProtocol

/// Wants as JSON.
enum WantFormat {
    static func json(_ want: ShipWant) -> JSONText {
        .object([
            ("id", .integer(want.id)),
            ("state", .string(want.state.rawValue)),
            ("from", .string("\(want.from)")),
            ("to", .string("\(want.to)")),
            ("max_bytes", .integer(want.maxBytes)),
            ("requested_by", .string(want.requestedBy)),
            ("requested_at", .string("\(want.requestedAt)")),
            ("told_at", want.toldAt.map { .string("\($0)") } ?? .null),
            ("answered_at", want.answeredAt.map { .string("\($0)") } ?? .null),
            ("outcome", want.answer.map { .string($0.outcome.word) } ?? .null),
            ("samples", want.answer.map { .count($0.samples) } ?? .null),
            ("bytes", want.answer.map { .count($0.bytes) } ?? .null),
        ])
    }
}

extension WantAnswer.Outcome {
    fileprivate var word: String {
        switch self {
        case .held: "held"
        case .partly: "partly"
        case .notHeld: "not_held"
        case .overBudget: "over_budget"
        }
    }
}
