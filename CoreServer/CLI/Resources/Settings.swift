/// Things of which a tenant has one.
protocol Setting: Sendable {
    /// As in `hawser quotas`; the path is the same.
    static var name: String { get }
    static var about: String { get }
    static var fields: [(name: String, meaning: String)] { get }
}

/// What there is.
enum Settings {
    enum Quotas: Setting {
        static let name = "quotas"
        static let about = "Limits of a tenant; null is the installation's own."
        static let fields = [
            ("ships", "ships that are not revoked"), ("series", "series of all ships"),
            ("ingest_samples_per_second", "taken in"), ("ingest_bytes_per_day", "taken in"),
            ("storage_bytes", "in the database"), ("artifact_bytes", "in the registry"),
            ("api_requests_per_second", "of the API"),
            ("api_burst", "requests that may come at once"), ("labels_per_ship", "of a ship"),
        ].map { (name: $0.0, meaning: $0.1) }
    }

    enum Retention: Setting {
        static let name = "retention"
        static let about = "How long telemetry is kept, in days."
        static let fields = [
            ("raw_days", "samples"), ("five_minute_days", "five-minute rollups"),
            ("hour_days", "hourly rollups"), ("log_days", "log records"),
            ("record_days", "events, declarations and accounts"),
        ].map { (name: $0.0, meaning: $0.1) }
    }

    enum LabelPolicy: Setting {
        static let name = "label-policy"
        static let about = "Which labels series and ships may have."
        static let fields = [
            ("allowed", "[\"region\", \"app\"]; any where null"), ("required", "[\"class\"]"),
            ("label_limit", "labels of a series, at most"),
            ("value_limit", "bytes of one, at most"),
        ].map { (name: $0.0, meaning: $0.1) }
    }
}
