import FleetModel
import GRDB

extension Declaration {
    static let columns = "lane, from_at, to_at, was, rung, samples, reason, at"

    var arguments: StatementArguments {
        [
            lane.rawValue, from.milliseconds, to.milliseconds, was.rawValue, rung?.rawValue,
            Int64(clamping: samples), reason.word, at.milliseconds,
        ]
    }

    init?(_ row: Row) {
        guard let lane = Lane(rawValue: row["lane"]) else { return nil }
        let rung: UInt8? = row["rung"]
        self.init(
            lane: lane,
            from: Timestamp(milliseconds: row["from_at"]),
            to: Timestamp(milliseconds: row["to_at"]),
            was: Rung(rawValue: row["was"]) ?? .raw,
            rung: rung.flatMap(Rung.init(rawValue:)),
            samples: UInt64(clamping: row["samples"] as Int64),
            reason: Reason(word: row["reason"]),
            at: Timestamp(milliseconds: row["at"])
        )
    }
}

extension Declaration.Reason {
    /// As in the table.
    var word: String {
        switch self {
        case .budget: "budget"
        case .disk: "disk"
        case .age: "age"
        case .restored: "restored"
        case .recalled: "recalled"
        case .refused(let reason): "refused " + reason
        }
    }

    fileprivate init(word: String) {
        switch word {
        case "budget": self = .budget
        case "disk": self = .disk
        case "age": self = .age
        case "restored": self = .restored
        case "recalled": self = .recalled
        default: self = .refused(String(word.drop { $0 != " " }.dropFirst()))
        }
    }
}
