import CorePostgres

/// The tables that hold rows of tenants.
enum TenantTables {
    /// Each behind all that refer to it, `tenants` last: the order in which rows can be erased.
    static func inOrder(_ connection: PostgresConnection) throws -> [String] {
        var referring: [String: Set<String>] = [:]
        for row in try connection.execute(TenantEndQueries.tables) {
            referring[try row.text("name")] = Set(try row.textArray("referring"))
        }
        return order(referring)
    }

    /// - Parameter referring: by each table, those whose rows must be gone before its own can go.
    static func order(_ referring: [String: Set<String>]) -> [String] {
        var left = referring
        var order: [String] = []
        while !left.isEmpty {
            let free = left.filter { $0.value.isDisjoint(with: left.keys) }.keys.sorted()
            // Tables that refer to each other in a circle: as they come, and again in the next pass.
            let next = free.isEmpty ? left.keys.sorted() : free
            order += next
            for name in next { left[name] = nil }
        }
        return order.filter { $0 != "tenants" } + order.filter { $0 == "tenants" }
    }
}
