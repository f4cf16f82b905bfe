import CorePostgres
import FleetRuntime

extension CoreServerConfiguration {
    /// How many connections each part of the server has. A pool is a bound as well: whatever ships
    /// send, people find theirs free.
    struct Connections: Sendable {
        private static let standard = 16
        /// A job renews its lease while it works, and so has two.
        private static let least = 2

        private var total = standard
        private var own: [DatabaseRole: Int] = [:]

        init() {}

        init(_ reader: ConfigurationReader) {
            total = reader.int("database_connections", default: Self.standard, range: 8...400)
            let section = reader.section("database_pools")
            for role in DatabaseRole.serving {
                own[role] = section.int(
                    role.rawValue,
                    default: share(of: role),
                    range: Self.least...100
                )
            }
        }

        func count(for role: DatabaseRole) -> Int { own[role] ?? share(of: role) }

        private func share(of role: DatabaseRole) -> Int {
            role == .server ? Self.least : max(Self.least, total / DatabaseRole.serving.count)
        }
    }
}
