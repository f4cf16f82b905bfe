import FleetRuntime

/// Things of which a tenant has one.
protocol Setting: Sendable {
    /// As in `hawser quotas`; the path is the same.
    static var name: String { get }
    static var about: String { get }
    static var fields: [Field] { get }
    /// For people, where it is more than a value for each field.
    static func table(of value: JSONValue) -> TextTable?
}

extension Setting {
    static func table(of value: JSONValue) -> TextTable? { nil }
}

/// What there is.
enum Settings {
    enum Quotas: Setting {
        static let name = "quotas"
        static let about = "Limits of a tenant; null is the installation's own."
        static let fields = [
            Field("ships", "ships that are not revoked"), Field("series", "series of all ships"),
            Field("ingest_samples_per_second", "taken in"),
            Field("ingest_bytes_per_day", "taken in"),
            Field("storage_bytes", "in the database"), Field("artifact_bytes", "in the registry"),
            Field("api_requests_per_second", "of the API"),
            Field("api_burst", "requests at once after a pause"),
            Field("labels_per_ship", "of a ship"),
        ]

        static func table(of value: JSONValue) -> TextTable? {
            guard let own = value["limits"], let effective = value["effective"] else { return nil }
            let rows = fields.map { field in
                [field.name]
                    + [own, effective, value["use"] ?? .null].map {
                        $0[field.name]?.cell ?? "–"
                    }
            }
            return TextTable(headings: ["limit", "its own", "holds", "used"], rows: rows)
        }
    }

    enum Retention: Setting {
        static let name = "retention"
        static let about = "How long telemetry is kept, in days."
        static let fields = [
            Field("raw_days", "samples"), Field("five_minute_days", "five-minute rollups"),
            Field("hour_days", "hourly rollups"), Field("log_days", "log records"),
            Field("record_days", "events, declarations and accounts"),
        ]
    }

    enum LabelPolicy: Setting {
        static let name = "label-policy"
        static let about = "Which labels series and ships may have."
        static let fields = [
            Field("allowed", "[\"region\", \"app\"]; any where null"),
            Field("required", "[\"class\"]"),
            Field("label_limit", "labels of a series, at most"),
            Field("value_limit", "bytes of one, at most"),
        ]
    }
}
