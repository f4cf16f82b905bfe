import CorePostgres
import FleetModel
import FoundationEssentials

extension Runs {
    /// All that was logged of one key, by time, step and value.
    ///
    /// - Parameter limit: as many as a page holds at most, where none is given.
    package func history(
        of key: String,
        in id: String,
        of tenant: TenantID,
        limit: Int,
        token: String?
    ) async throws -> (metrics: [RunMetric], next: String?) {
        try Run.check(id: id)
        try RegistryText.checkStorable(key, "metric_key")
        let after = try Self.place(token)
        let found = try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try connection.execute(
                RunLogQueries.history,
                values: [
                    .int64(tenant.rawValue), .text(id), .text(key), .int64(after.at),
                    .int64(after.step), .double(after.value), .int64(Int64(limit) + 1),
                ]
            ).map { row in
                RunMetric(
                    key: key,
                    value: try row.double("value"),
                    at: try row.int64("logged_at"),
                    step: try row.int64("step")
                )
            }
        }
        guard found.count > limit else { return (found, nil) }
        let page = Array(found.prefix(limit))
        return (page, page.last.map(Self.token))
    }

    private static func token(after metric: RunMetric) -> String {
        let text = "\(metric.at) \(metric.step) \(metric.value.bitPattern)"
        return Data(text.utf8).base64EncodedString()
    }

    private static func place(
        _ token: String?
    ) throws(RegistryError) -> (at: Int64, step: Int64, value: Double) {
        guard let token, !token.isEmpty else { return (-1, Int64.min, -.infinity) }
        let parts =
            Data(base64Encoded: token)
            .map { String(decoding: $0, as: UTF8.self).split(separator: " ") } ?? []
        guard parts.count == 3, let at = Int64(parts[0]), let step = Int64(parts[1]),
            let bits = UInt64(parts[2])
        else { throw .invalid("Invalid page token, could not decode: it is of no history here") }
        return (at, step, Double(bitPattern: bits))
    }

    /// Of several runs, at steps that are spread evenly where there are more.
    package func sampledHistory(
        of key: String,
        in ids: [String],
        of tenant: TenantID,
        steps: ClosedRange<Int64>,
        limit: Int
    ) async throws -> [RunMetric] {
        for id in ids { try Run.check(id: id) }
        try RegistryText.checkStorable(key, "metric_key")
        return try await pool.transaction(tenant: tenant, readOnly: true, keepsPlans: true) {
            connection in
            try connection.execute(
                RunLogQueries.sampledHistory,
                .int64(tenant.rawValue),
                .textArray(ids),
                .text(key),
                .int64(steps.lowerBound),
                .int64(steps.upperBound),
                .int64(Int64(limit))
            ).map { row in
                RunMetric(
                    key: key,
                    value: try row.double("value"),
                    at: try row.int64("logged_at"),
                    step: try row.int64("step"),
                    runID: try row.text("run_id")
                )
            }
        }
    }
}
