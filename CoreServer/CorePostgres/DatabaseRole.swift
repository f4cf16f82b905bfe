/// What a part of the server works as in the database. Each may do what its own statements do and no
/// more, and all are under row security.
package enum DatabaseRole: String, CaseIterable, Sendable {
    /// People and programs: users, tokens, ships, settings, the audit.
    case api
    /// Ships: enrolment, and what they send.
    case ingress
    /// Work that goes tenant by tenant: compaction, retention, forwarding, seals.
    case scheduler
    /// Telemetry for readers. Writes nothing.
    case reports
    /// All of it: commands at the terminal, and servers before there were the others.
    case server

    /// Those of a server that serves.
    package static let serving: [DatabaseRole] = [.api, .ingress, .scheduler, .reports]

    /// Its name in PostgreSQL.
    package var name: String { "hawser_\(rawValue)" }
}
