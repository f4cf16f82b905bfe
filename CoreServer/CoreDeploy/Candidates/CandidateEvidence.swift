import CorePostgres
import FleetDeploy
import FleetModel

/// What ships told of a candidate in their shadow: which of them run it, and how it agreed with the champion.
struct CandidateEvidence: Sendable, Equatable {
    struct Counts: Sendable, Equatable {
        var agreeing: Int64 = 0
        var disagreeing: Int64 = 0
    }

    let ships: [ShipID: Counts]

    init(_ ships: [ShipID: Counts]) { self.ships = ships }

    /// Of a tree in the shadow of a slot, since a day.
    ///
    /// - Parameter ship: `nil` for all.
    init(
        _ tree: TreeDigest,
        in slot: String,
        since day: Int32,
        of tenant: TenantID,
        ship: ShipID? = nil,
        _ connection: PostgresConnection
    ) throws {
        var ships: [ShipID: Counts] = [:]
        for row in try connection.execute(
            CandidateQueries.candidates,
            values: [
                .int64(tenant.rawValue), .text(slot), .bytes(tree.bytes), .int32(day),
                .int64(ship?.rawValue ?? 0),
            ]
        ) {
            ships[ShipID(try row.int64("ship_id"))] = Counts(
                agreeing: try row.int64("agreeing"),
                disagreeing: try row.int64("disagreeing")
            )
        }
        self.ships = ships
    }

    /// Keeps what a ship told.
    static func record(
        _ report: AgreementReport,
        of ship: ShipIdentity,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            CandidateQueries.record,
            values: [
                .int64(ship.tenant.rawValue), .int64(ship.ship.rawValue),
                .text(report.slot.rawValue), .bytes(report.digest.bytes), .int32(report.day),
                .int64(report.agreeing), .int64(report.disagreeing), .double(report.sum),
                .double(report.largest),
            ]
        )
    }

    /// Names of the ships on which a deployment succeeded.
    static func ships(
        succeededIn deployment: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [String] {
        try connection.execute(
            CandidateQueries.succeeded,
            .int64(tenant.rawValue),
            .int64(deployment)
        ).map { try $0.text("name") }
    }

    /// What a plan that promotes it on these ships comes up against.
    func judge(
        _ planned: [(id: ShipID, name: String)],
        _ terms: AgreementTerms
    ) -> (reasons: [String], warnings: [String]) {
        var reasons: [String] = []
        var warnings: [String] = []
        let without = planned.filter { ships[$0.id] == nil }.map(\.name)
        if !without.isEmpty {
            reasons.append(
                "\(without.count) ships do not run it in the shadow: \(WavePlanner.some(without))"
            )
        }
        var all = Counts()
        var short: [String] = []
        for ship in planned {
            guard let counts = ships[ship.id] else { continue }
            all.agreeing = all.agreeing.addingReportingOverflow(counts.agreeing).partialValue
            all.disagreeing =
                all.disagreeing.addingReportingOverflow(counts.disagreeing)
                .partialValue
            let objection = terms.objection(
                agreeing: counts.agreeing,
                disagreeing: counts.disagreeing
            )
            if objection != nil { short.append(ship.name) }
        }
        if let objection = terms.objection(agreeing: all.agreeing, disagreeing: all.disagreeing) {
            reasons.append("of all ships together, \(objection)")
        } else if !short.isEmpty {
            warnings.append(
                "\(short.count) ships have to tell more of the candidate before they get the order: "
                    + WavePlanner.some(short)
            )
        }
        return (reasons, warnings)
    }
}
