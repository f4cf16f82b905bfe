/// What the embedded server is told, for a machine of a few GB that also runs core-server.
enum ClusterSettings {
    /// Ours; `local.conf` beside it is the operator's and wins.
    static let includes = """

        # core-server's settings, and yours, which win.
        include_if_exists 'hawser.conf'
        include_if_exists 'local.conf'

        """

    static let local = """
        # Settings of yours, in force after the next start. core-server never changes this file.

        """

    /// Only over the private socket, whose directory nobody else can enter.
    static let authentication = """
        # Written by core-server.
        local all all trust
        local replication all trust

        """

    static func text(socketDirectory: String, compression: String) -> String {
        """
        # Written by core-server at each start; put your own settings into local.conf.
        listen_addresses = ''
        unix_socket_directories = '\(socketDirectory.replacing("'", with: "''"))'
        unix_socket_permissions = 0700
        max_connections = 120
        max_locks_per_transaction = 256
        shared_buffers = 128MB
        effective_cache_size = 512MB
        maintenance_work_mem = 64MB
        wal_compression = \(compression)
        max_wal_size = 2GB
        checkpoint_timeout = 15min
        autovacuum = on
        # Short statements only lose by being compiled.
        jit = off
        timezone = 'UTC'
        log_timezone = 'UTC'
        # Errors of statements are reported by who ran them; here they would quote values.
        log_destination = 'stderr'
        logging_collector = off
        log_line_prefix = '%m [%p] '
        log_min_messages = log
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0
        log_checkpoints = off

        """
    }
}
