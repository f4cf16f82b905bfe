@testable import CoreDomain
import FleetModel

/// A fixed report: one ship that is well, and one that was never heard.
enum SampleReport {
    /// 2026-11-21T12:00:00Z.
    static let now = Timestamp(seconds: 1_795_262_400)

    static func range(_ length: Duration = .seconds(4 * 3600)) throws -> TimeRange {
        try TimeRange(from: now - length, to: now)
    }

    static func fleet() throws -> FleetReport {
        FleetReport(
            tenant: "Nordsee Line",
            range: try range(),
            generatedAt: now,
            ships: [
                ship(
                    "aurora",
                    processor: line([0.1, 0.25, .nan, 0.5]),
                    events: [
                        FleetEvent(
                            at: now - .seconds(1800),
                            severity: .warning,
                            kind: "target_down",
                            message: "bridge-1 did not answer for 5 min"
                        )
                    ]
                ),
                unheard("borealis"),
            ]
        )
    }

    static func fleet(of ships: [ShipReport]) throws -> FleetReport {
        FleetReport(tenant: "Nordsee Line", range: try range(), generatedAt: now, ships: ships)
    }

    /// One value an hour from the start of the range.
    static func line(_ values: [Double]) -> ShipReport.Line {
        ShipReport.Line(
            points: values.enumerated().map { hour, value in
                (now - .seconds(4 * 3600) + .seconds(hour * 3600), value)
            }
        )
    }

    static func ship(
        _ name: String,
        isRevoked: Bool = false,
        silence: Duration = .seconds(150),
        agentVersion: String = "0.1.0",
        metrics: LedgerTotals = LedgerTotals(produced: 1200, stored: 1000, pending: 150, lost: 50),
        processor: ShipReport.Line = line([0.1, 0.25]),
        diskMount: String = "/var/lib",
        events: [FleetEvent] = []
    ) -> ShipReport {
        ShipReport(
            name: name,
            isRevoked: isRevoked,
            lastContact: now - silence,
            agentVersion: agentVersion,
            clockOffset: .milliseconds(-1500),
            link: ShipReport.Link(
                availability: 0.875,
                sessions: 3,
                bytesUp: 12_400_000,
                bytesDown: 604_211
            ),
            ledger: [
                .metrics: metrics,
                .events: LedgerTotals(produced: 7, stored: 7, pending: 0, lost: 0),
            ],
            quarantined: 12,
            processor: processor,
            memory: line([0.5, 0.52]),
            disk: line([0.9, 0.91]),
            diskMount: diskMount,
            networkReceive: line([1000, 2500.25]),
            networkTransmit: line([0]),
            availabilityLine: line([1, 0.5]),
            events: events
        )
    }

    /// One that had to give up some, and whose ledger does not agree with the shore's.
    static func thinned() -> ShipReport {
        var ship = ship(
            "cassiopeia",
            metrics: LedgerTotals(
                produced: 5000,
                stored: 3000,
                pending: 100,
                degraded: 1800,
                lost: 100
            )
        )
        ship.thinned = [
            ShipReport.Thinned(rung: .oneMinute, samples: 1500),
            ShipReport.Thinned(rung: .counts, samples: 300),
        ]
        ship.differences = [
            LedgerDifference(
                epoch: LaneEpoch(1),
                lane: .logs,
                kind: .missingAshore,
                records: 17,
                foundAt: now - .seconds(7200),
                resolvedAt: nil
            )
        ]
        return ship
    }

    static func unheard(_ name: String, isRevoked: Bool = false) -> ShipReport {
        let none = ShipReport.Line(points: [])
        return ShipReport(
            name: name,
            isRevoked: isRevoked,
            lastContact: nil,
            agentVersion: nil,
            clockOffset: nil,
            link: ShipReport.Link(availability: 0, sessions: 0, bytesUp: 0, bytesDown: 0),
            ledger: [:],
            quarantined: 0,
            processor: none,
            memory: none,
            disk: none,
            diskMount: nil,
            networkReceive: none,
            networkTransmit: none,
            availabilityLine: none,
            events: []
        )
    }
}
