/// Whose transactions a cursor counts.
enum ForwardingCluster {
    /// This cluster's own number.
    static let sql = "(SELECT system_identifier FROM pg_catalog.pg_control_system())"
}
