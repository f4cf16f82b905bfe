import CPostgres
import Glibc

extension PostgresConnection {
    /// Connects, waiting until `deadline` at most and stopping when the borrower is cancelled.
    ///
    /// Looking up a host name can't be interrupted; all else can.
    static func open(
        _ settings: ConnectionSettings,
        wakeup: Wakeup,
        cancellation: Cancellation?,
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> PostgresConnection {
        let parameters = try settings.parameters()
        guard let handle = start(parameters) else {
            throw PostgresError(.connectionFailed, "No memory for a database connection")
        }
        let connection = PostgresConnection(handle: handle, wakeup: wakeup)
        connection.isPooled = settings.isPooled
        connection.cancellation = cancellation
        // Verbose messages carry the SQLSTATE, which libpq has no call for at this stage.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        // Notices would be printed to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        var events = Int16(POLLOUT)
        while PQstatus(handle) != CONNECTION_BAD {
            switch try connection.wait(for: events, until: deadline) {
            case .ready: break
            case .interrupted: throw PostgresError(.cancelled, "The task was cancelled")
            case .timedOut:
                throw PostgresError(.connectionFailed, "The database did not answer in time")
            }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
                return connection
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: throw connection.connectFailure()
            }
        }
        throw connection.connectFailure()
    }

    private static func start(
        _ parameters: [(keyword: String, value: String)]
    ) -> OpaquePointer? {
        var keywords = parameters.map { UnsafePointer(strdup($0.keyword)) }
        var values = parameters.map { UnsafePointer(strdup($0.value)) }
        defer {
            for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) }
        }
        keywords.append(nil)
        values.append(nil)
        // The last argument lets `dbname` hold a whole connection string.
        return PQconnectStartParams(keywords, values, 1)
    }

    /// "connection to server on socket "…" failed: FATAL:  28000: role "x" does not exist".
    private func connectFailure() -> PostgresError {
        var text = String(cString: PQerrorMessage(handle))
        text = text.split(separator: "\n").first.map(String.init) ?? "no reason was given"
        var sqlState: String?
        // With a digit at least, which the severity before it never has.
        if let match = text.firstMatch(of: #/: +(?=[A-Z]*[0-9])([0-9A-Z]{5}): /#) {
            sqlState = String(match.1)
            text = text.replacing(match.0, with: ": ")
        }
        return PostgresError(
            .connectionFailed,
            "Could not connect to the database: \(text)",
            sqlState: sqlState
        )
    }
}
