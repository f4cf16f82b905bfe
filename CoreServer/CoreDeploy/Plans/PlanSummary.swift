import FleetModel

/// What a plan comes to.
package struct PlanSummary: Codable, Sendable, Hashable {
    package struct Cost: Codable, Sendable, Hashable {
        package let currency: String
        package let micros: Int64
    }

    package struct Totals: Codable, Sendable, Hashable {
        package let ships: Int
        package let bytes: Int64
        package let bytesWithRetries: Int64
        package let costs: [Cost]
        /// Ships whose bytes are an estimate: nothing that they could be given was built.
        package let estimates: Int
        /// By method.
        package let methods: [String: Int]
        /// Until nine of ten of the ships have it, as half and nine of ten of their pasts would have it.
        package let p50Seconds: Int64?
        package let p90Seconds: Int64?
        /// Ships of whose link nothing is known, or which it would never reach.
        package let withoutForecast: Int

        init(_ lines: [PlanLine]) {
            ships = lines.count
            bytes = Self.sum(lines.map(\.bytes))
            bytesWithRetries = Self.sum(lines.map(\.forecast.bytesWithRetries))
            let byCurrency = Dictionary(grouping: lines) { $0.forecast.currency }
            costs = byCurrency.filter { !$0.key.isEmpty }.map { currency, lines in
                Cost(currency: currency, micros: Self.sum(lines.map(\.forecast.costMicros)))
            }.sorted { $0.currency < $1.currency }
            estimates = lines.count { $0.isEstimate }
            methods = Dictionary(grouping: lines) { $0.method.rawValue }.mapValues(\.count)
            p50Seconds = Self.quorum(lines.map(\.forecast.p50))
            p90Seconds = Self.quorum(lines.map(\.forecast.p90))
            withoutForecast = lines.count { $0.forecast.p90 == nil }
        }

        private static func sum(_ values: [Int64]) -> Int64 {
            values.reduce(0) { sum, value in
                let (next, overflow) = sum.addingReportingOverflow(value)
                return overflow ? .max : next
            }
        }

        private static func quorum(_ ends: [Int64?]) -> Int64? {
            let sorted = ends.map { $0 ?? .max }.sorted()
            guard !sorted.isEmpty else { return nil }
            let place = min(sorted.count - 1, Int((Double(sorted.count) * 0.9).rounded(.down)))
            return sorted[place] == .max ? nil : sorted[place]
        }
    }

    package struct Wave: Codable, Sendable, Hashable {
        package let wave: Int
        package let name: String
        package let totals: Totals
    }

    package let totals: Totals
    package let waves: [Wave]
    /// What nobody is stopped by, and should know.
    package let warnings: [String]

    init(_ lines: [PlanLine], _ request: DeploymentRequest, warnings: [String]) {
        totals = Totals(lines)
        let byWave = Dictionary(grouping: lines, by: \.wave)
        waves = request.waves.enumerated().map { index, wave in
            Wave(wave: index + 1, name: wave.name, totals: Totals(byWave[index + 1] ?? []))
        }
        self.warnings = warnings
    }
}
