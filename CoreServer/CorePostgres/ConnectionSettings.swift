import CPostgres
import FleetModel

/// Everything a connection is opened with.
struct ConnectionSettings: Sendable {
    /// A `postgres://` URL or `key=value` pairs; may hold a password, so it is never shown.
    var connectionString: String
    var applicationName: String
    /// Taken on at start-up, so that neither `RESET ROLE` nor `DISCARD ALL` leaves it.
    var role: String?
    /// `nil`: none, as migrations need.
    var statementTimeout: Duration?
    var searchPath = "hawser,public"
    /// A pooler in transaction mode is in between, which takes no options and forgets settings.
    var isPooled = false

    /// libpq's keywords and values. Ours that an operator may change come before theirs, the
    /// others after, because the last one counts.
    func parameters() throws(PostgresError) -> [(keyword: String, value: String)] {
        guard !connectionString.utf8.contains(0), role?.utf8.contains(0) != true else {
            throw PostgresError(.connectionFailed, "The connection string holds a NUL character")
        }
        let parameters = [
            ("application_name", applicationName),
            // A peer that vanished without a word is noticed within about a minute.
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("dbname", connectionString),
            ("client_encoding", "UTF8"),
        ]
        return isPooled ? parameters : parameters + [("options", try options())]
    }

    /// What follows BEGIN so that a transaction is as on a connection of one's own.
    var preamble: String {
        guard isPooled else { return "" }
        let calls = settings.map { name, value in
            "set_config('\(name)', '\(value.replacing("'", with: "''"))', true)"
        }
        return "; SELECT \(calls.joined(separator: ", "))"
    }

    private var settings: [(name: String, value: String)] {
        var settings = [
            ("search_path", searchPath),
            // Plans for the values at hand choose their partitions when planned; a generic plan locks
            // every partition there is.
            ("plan_cache_mode", "force_custom_plan"),
            ("timezone", "UTC"),
            ("statement_timeout", String(statementTimeout?.milliseconds ?? 0)),
            (
                "idle_in_transaction_session_timeout",
                String(PostgresLimits.idleInTransaction.milliseconds)
            ),
        ]
        if let role { settings.append(("role", role)) }
        return settings
    }

    private func options() throws(PostgresError) -> String {
        let ours = settings.map { "-c \($0)=\(Self.escaped($1))" }.joined(separator: " ")
        let theirs = try Self.options(in: connectionString)
        return theirs.isEmpty ? ours : "\(theirs) \(ours)"
    }

    /// In `options`, blanks separate and backslashes escape.
    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == " " || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }

    /// The `options` an operator wrote into the connection string, which ours would replace.
    private static func options(in connectionString: String) throws(PostgresError) -> String {
        guard connectionString.contains("=") || connectionString.contains("://") else { return "" }
        guard let parsed = PQconninfoParse(connectionString, nil) else {
            // libpq's own message quotes the string, and with it perhaps the password.
            throw PostgresError(
                .connectionFailed,
                "The database's connection string is malformed: "
                    + "write postgres://user@host:5432/database or host=… dbname=…",
                sqlState: "22023"
            )
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "options", let value = option.pointee.val {
                return String(cString: value)
            }
            option += 1
        }
        return ""
    }
}
