import CoreDomain
import FleetModel

/// A ship's accounts as JSON.
enum LedgerFormat {
    static func lane(_ account: ShipLedger.LaneAccount) -> JSONText {
        .object([
            ("lane", .string("\(account.lane)")),
            ("produced", .count(account.told.produced)),
            ("stored", .count(account.storedAshore)),
            ("pending", .count(account.told.pending)),
            ("degraded", .count(account.told.degraded)),
            ("dropped", .count(account.told.lost)),
            ("quarantined", .count(account.quarantined)),
            ("refused", .count(account.refused)),
            ("stored_as_told", .count(account.told.stored)),
            ("told_at", account.toldAt.map { .string("\($0)") } ?? .null),
        ])
    }

    static func day(_ day: ShipLedger.Day) -> JSONText {
        .object([
            ("day", .string(String("\(day.day)".prefix(10)))),
            ("lane", .string("\(day.lane)")),
            ("produced", .count(day.produced)),
            ("stored", .count(day.stored)),
            ("pending", day.toldAt == nil ? .null : .integer(day.pending)),
            ("degraded", .count(day.degraded)),
            ("dropped", .count(day.lost)),
            ("told_at", day.toldAt.map { .string("\($0)") } ?? .null),
        ])
    }

    static func declared(_ declared: ShipLedger.Declared) -> JSONText {
        let declaration = declared.declaration
        let (reason, detail) = declaration.reason.words
        return .object([
            ("lane", .string("\(declaration.lane)")),
            ("from", .string("\(declaration.from)")),
            ("to", .string("\(declaration.to)")),
            (
                "series",
                declaration.series.map { .string("\($0.lowerBound)-\($0.upperBound)") } ?? .null
            ),
            ("was", .string(word(declaration.was))),
            ("left", declaration.rung.map { .string(word($0)) } ?? .null),
            ("samples", .count(declaration.samples)),
            ("reason", .string(reason)),
            ("detail", .string(detail)),
            ("decided_at", .string("\(declaration.at)")),
            ("received_at", .string("\(declared.receivedAt)")),
        ])
    }

    static func difference(_ difference: LedgerDifference) -> JSONText {
        .object([
            ("lane", .string("\(difference.lane)")),
            ("kind", .string(difference.kind.rawValue)),
            ("records", .count(difference.records)),
            ("what", .string(difference.sentence)),
            ("found_at", .string("\(difference.foundAt)")),
            ("resolved_at", difference.resolvedAt.map { .string("\($0)") } ?? .null),
        ])
    }

    private static func word(_ rung: Rung) -> String {
        switch rung {
        case .raw: "raw"
        case .oneMinute: "1m"
        case .fiveMinutes: "5m"
        case .quarterHour: "15m"
        case .counts: "counts"
        }
    }
}
