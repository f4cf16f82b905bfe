import CorePostgres

/// One run of somebody's code: what it was given, measured and made.
package struct Run: Sendable {
    /// A logged model that the run read or made.
    package struct Model: Sendable {
        package let id: String
        package let step: Int64
        package let isOutput: Bool

        package init(id: String, step: Int64 = 0, isOutput: Bool) {
            self.id = id
            self.step = step
            self.isOutput = isOutput
        }
    }

    /// 32 hexadecimal digits.
    package let id: String
    package let experimentID: String
    package let name: String
    package let userName: String
    package let status: RunStatus
    /// Milliseconds since 1970.
    package let startedAt: Int64
    package let endedAt: Int64?
    package let isDeleted: Bool
    package let artifactURI: String
    package let params: [RegistryTag]
    package let tags: [RegistryTag]
    /// The latest of each key.
    package let metrics: [RunMetric]
    package var datasets: [RunDataset] = []
    package var models: [Model] = []

    init(_ row: PostgresRow) throws {
        id = try row.text("run_id")
        experimentID = "\(try row.int64("experiment_id"))"
        name = try row.text("name")
        userName = try row.text("user_name")
        status = RunStatus(rawValue: Int64(try row.int32("status"))) ?? .running
        startedAt = try row.int64("started_at")
        endedAt = try row.optionalInt64("ended_at")
        isDeleted = try row.bool("is_deleted")
        artifactURI = "\(try row.text("artifact_location"))/\(id)/artifacts"
        params = try RegistryTag.all(row, "param")
        tags = try RegistryTag.all(row)
        let keys = try row.textArray("metric_keys")
        let values = try row.doubleArray("metric_values")
        let times = try row.int64Array("metric_times")
        let steps = try row.int64Array("metric_steps")
        metrics = keys.indices.map {
            RunMetric(key: keys[$0], value: values[$0], at: times[$0], step: steps[$0])
        }
    }

    static func deleted(_ id: String) -> RegistryError {
        .invalid("The run \(id) must be in the 'active' state. Current state is deleted.")
    }

    static func none(_ id: String) -> RegistryError {
        .missing("Run with id=\(id) not found")
    }

    /// - Throws: `RegistryError` for what can't be a run's id, as MLflow words it.
    package static func check(id: String) throws(RegistryError) {
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isPlain, (1...256).contains(id.utf8.count), id.first != "-", id.first != "_" else {
            throw .invalid("Invalid run ID: '\(id.prefix(300))'")
        }
    }
}
