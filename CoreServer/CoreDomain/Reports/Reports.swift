import CorePostgres
import FleetModel
import FleetRuntime

/// Makes reports: what the shore knows of a tenant's ships, over a range of time.
package struct Reports: Sendable {
    /// Points of a chart's line, about: a chart is 300 pixels wide.
    private static let pointsPerLine: Int64 = 120

    private let pool: PostgresPool
    private let telemetry: Telemetry
    private let tenants: Tenants
    private let clock: WallClock

    package init(pool: PostgresPool, telemetry: Telemetry, tenants: Tenants, clock: WallClock) {
        self.pool = pool
        self.telemetry = telemetry
        self.tenants = tenants
        self.clock = clock
    }

    private struct Contact: Sendable {
        let ship: ShipID
        let name: String
        let isRevoked: Bool
        let lastContact: Timestamp?
        let agentVersion: String?
        let clockOffset: Duration?
    }

    private struct Usage: Sendable {
        let at: Timestamp
        let connected: Duration
        let bytesUp: Int64
        let bytesDown: Int64
        let sessions: Int
    }

    /// All ships of the tenant.
    package func fleet(tenant: TenantID, range: TimeRange) async throws -> FleetReport {
        try await report(tenant: tenant, range: range, only: nil)
    }

    /// One ship of the tenant, as a report with one ship.
    ///
    /// - Throws: `DomainError` `notFound`.
    package func ship(
        tenant: TenantID,
        name: String,
        range: TimeRange
    ) async throws -> FleetReport {
        try await report(tenant: tenant, range: range, only: name)
    }

    private func report(
        tenant: TenantID,
        range: TimeRange,
        only name: String?
    ) async throws -> FleetReport {
        let contacts = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(ReportQueries.contacts, .int64(tenant.rawValue)).map { row in
                Contact(
                    ship: ShipID(try row.int64("ship_id")),
                    name: try row.text("name"),
                    isRevoked: try row.optionalTimestamp("revoked_at") != nil,
                    lastContact: try row.optionalTimestamp("last_contact_at"),
                    agentVersion: try row.optionalText("agent_version"),
                    clockOffset: try row.optionalInt64("clock_offset_ms").map {
                        .milliseconds($0)
                    }
                )
            }
        }
        let wanted = contacts.filter { name == nil || $0.name == name }
        if let name, wanted.isEmpty {
            throw DomainError(.notFound, "there is no ship named \(name)")
        }
        var ships: [ShipReport] = []
        for contact in wanted {
            ships.append(try await ship(contact, tenant: tenant, range: range))
        }
        return FleetReport(
            tenant: try await tenants.name(of: tenant),
            range: range,
            generatedAt: clock.now(),
            ships: ships
        )
    }

    private func ship(
        _ contact: Contact,
        tenant: TenantID,
        range: TimeRange
    ) async throws -> ShipReport {
        let identity = ShipIdentity(tenant: tenant, ship: contact.ship)
        let facts = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            (
                usage: try Self.usage(identity, range, connection),
                ledger: try Self.ledger(identity, connection),
                events: try Self.events(identity, range, connection),
                thinned: try Self.thinned(identity, range, connection),
                differences: try connection.execute(
                    ReportQueries.differences,
                    .int64(identity.tenant.rawValue),
                    .int64(identity.ship.rawValue)
                ).compactMap(Ledgers.difference)
            )
        }
        let histories = try await telemetry.histories(
            of: identity,
            names: HostLines.names + ShipPosition.names,
            range: range,
            step: Self.step(for: range)
        )
        let host = HostLines(histories)
        let disk = host.disk
        return ShipReport(
            name: contact.name,
            isRevoked: contact.isRevoked,
            lastContact: contact.lastContact,
            agentVersion: contact.agentVersion,
            clockOffset: contact.clockOffset,
            link: link(facts.usage, range: range),
            ledger: facts.ledger.totals,
            quarantined: facts.ledger.quarantined,
            processor: host.processor,
            memory: host.memory,
            disk: disk.line,
            diskMount: disk.mount,
            networkReceive: host.networkReceive,
            networkTransmit: host.networkTransmit,
            availabilityLine: availabilityLine(facts.usage),
            events: facts.events,
            position: ShipPosition(histories),
            thinned: facts.thinned,
            differences: facts.differences
        )
    }

    /// About 120 steps, but none shorter than rollups are where those must serve.
    private static func step(for range: TimeRange) -> Duration {
        let even = max(range.length.milliseconds / pointsPerLine, 1)
        let steps: [Int64] = [
            1000, 5000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000,
        ]
        let step = Duration.milliseconds(steps.first { $0 >= even } ?? 86_400_000)
        let usesRollups = range.length > Telemetry.longestRawRange
        return usesRollups ? max(step, RollupResolution.fiveMinutes.length) : step
    }

    /// Availability is counted over what has passed of the range.
    private func link(_ usage: [Usage], range: TimeRange) -> ShipReport.Link {
        let end = min(range.to, max(clock.now(), range.from + .milliseconds(1)))
        let passed = (end - range.from).inSeconds
        let connected = usage.reduce(0) { $0 + $1.connected.inSeconds }
        return ShipReport.Link(
            availability: min(1, connected / passed),
            sessions: usage.reduce(0) { $0 + $1.sessions },
            bytesUp: usage.reduce(0) { $0 + $1.bytesUp },
            bytesDown: usage.reduce(0) { $0 + $1.bytesDown }
        )
    }

    private func availabilityLine(_ usage: [Usage]) -> ShipReport.Line {
        let length = RollupResolution.fiveMinutes.length.inSeconds
        return ShipReport.Line(
            points: usage.map { ($0.at, min(1, $0.connected.inSeconds / length)) }
        )
    }

    private static func usage(
        _ identity: ShipIdentity,
        _ range: TimeRange,
        _ connection: PostgresConnection
    ) throws -> [Usage] {
        try connection.execute(
            ReportQueries.usage,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue),
            .timestamp(range.from.floored(to: RollupResolution.fiveMinutes.length)),
            .timestamp(range.to)
        ).map { row in
            Usage(
                at: try row.timestamp("interval_at"),
                connected: .milliseconds(try row.int64("connected_ms")),
                bytesUp: try row.int64("bytes_up"),
                bytesDown: try row.int64("bytes_down"),
                sessions: Int(try row.int32("sessions"))
            )
        }
    }

    /// Per lane over all epochs. `pending` is what the ship says it made beyond what is here; a ship
    /// that was heard before its last account reached us may have none.
    private static func ledger(
        _ identity: ShipIdentity,
        _ connection: PostgresConnection
    ) throws -> (totals: [Lane: LedgerTotals], quarantined: Int64) {
        var totals: [Lane: LedgerTotals] = [:]
        var quarantinedRecords: Int64 = 0
        let rows = try connection.execute(
            ReportQueries.ledger,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue)
        )
        for row in rows {
            guard let lane = Lane(rawValue: UInt8(truncatingIfNeeded: try row.int32("lane"))) else {
                continue
            }
            let stored = UInt64(clamping: try row.int64("stored"))
            let quarantined = UInt64(clamping: try row.int64("quarantined"))
            // A ship's own counts may be anything: they saturate instead of trapping.
            let lost = UInt64(clamping: try row.int64("lost")).saturatingAdd(quarantined)
            let degraded = UInt64(clamping: try row.int64("degraded"))
            let known = stored.saturatingAdd(degraded).saturatingAdd(lost)
            let produced = max(UInt64(clamping: try row.int64("produced")), known)
            quarantinedRecords = Int64(
                clamping: UInt64(quarantinedRecords).saturatingAdd(quarantined)
            )
            var sum = totals[lane] ?? LedgerTotals()
            sum.produced = sum.produced.saturatingAdd(produced)
            sum.stored = sum.stored.saturatingAdd(stored)
            sum.degraded = sum.degraded.saturatingAdd(degraded)
            sum.lost = sum.lost.saturatingAdd(lost)
            sum.pending = sum.pending.saturatingAdd(produced - known)
            totals[lane] = sum
        }
        return (totals, quarantinedRecords)
    }

    private static func thinned(
        _ identity: ShipIdentity,
        _ range: TimeRange,
        _ connection: PostgresConnection
    ) throws -> [ShipReport.Thinned] {
        try connection.execute(
            ReportQueries.thinned,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue),
            .int64(range.from.milliseconds),
            .int64(range.to.milliseconds)
        ).compactMap { row in
            guard let rung = Rung(rawValue: UInt8(clamping: try row.int32("place"))) else {
                return nil
            }
            return ShipReport.Thinned(
                rung: rung,
                samples: UInt64(clamping: try row.int64("samples"))
            )
        }
    }

    private static func events(
        _ identity: ShipIdentity,
        _ range: TimeRange,
        _ connection: PostgresConnection
    ) throws -> [FleetEvent] {
        try connection.execute(
            ReportQueries.events,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue),
            .int64(range.from.milliseconds),
            .int64(range.to.milliseconds)
        ).map { row in
            FleetEvent(
                at: Timestamp(milliseconds: try row.int64("at")),
                severity: FleetEvent.Severity(
                    rawValue: UInt8(truncatingIfNeeded: try row.int32("severity"))
                ) ?? .info,
                kind: try row.text("kind"),
                message: try row.text("message")
            )
        }
    }
}

extension UInt64 {
    fileprivate func saturatingAdd(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
