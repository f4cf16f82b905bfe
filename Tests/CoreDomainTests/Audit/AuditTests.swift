import CoreAudit
import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct AuditTests {
    @Test func `what was written is verified, to the last entry`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            let report = try await audited.verify(witnesses: [audited.witness])
            #expect(report.entries == Audited.entries)
            #expect(report.seals == 3)
            #expect(report.sealedThrough == 9)
            #expect(report.name == "acme")
        }
    }

    @Test func `many changes at once leave no gap, and every one of them is there`() async throws {
        try await withShore(size: 8) { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        _ = try await shore.ships.create(
                            tenant: tenant.id,
                            name: "ship-\(index)",
                            tokenLasting: .seconds(60),
                            at: Shore.now,
                            for: .command("test \(index)")
                        )
                    }
                }
                try await group.waitForAll()
            }
            let log = AuditLog(pool: shore.pool, keys: shore.keys, clock: .fixed(Shore.now))
            let page = try await log.page(of: tenant.id, AuditFilter(), limit: 1000)
            #expect(page.map(\.entry.sequence) == (1...61).reversed())
            let targets = Set(page.map(\.entry.target))
            #expect(targets == Set((0..<60).map { "ship/ship-\($0)" } + ["tenant/acme"]))
            for (later, earlier) in zip(page, page.dropFirst()) {
                #expect(later.entry.previous == earlier.entry.hash)
            }
        }
    }

    @Test
    func `a change that can't be written down is not made, and one that fails leaves no entry`()
        async throws
    {
        try await withShore { shore in
            let audited = try await Audited(shore)
            func create(_ name: String) async throws {
                _ = try await shore.ships.create(
                    tenant: audited.tenant.id,
                    name: name,
                    tokenLasting: .seconds(60),
                    at: Shore.now,
                    for: .command("test")
                )
            }
            await #expect(throws: DomainError.self) { try await create("ship-2") }
            let entries = "SELECT count(*) FROM hawser.audit_entries"
            #expect(try await shore.number(entries) == Audited.entries)
            // A place that is taken: the audit refuses the next entry.
            try await audited.tamper("UPDATE hawser.audit_heads SET sequence = 3")
            await #expect(throws: PostgresError.self) { try await create("never") }
            let ships = "SELECT count(*) FROM hawser.ships WHERE name = 'never'"
            #expect(try await shore.number(ships) == 0)
        }
    }

    @Test func `the server itself can neither change nor delete an entry or a seal`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            for table in ["audit_entries", "audit_seals"] {
                for sql in [
                    "UPDATE hawser.\(table) SET hash = hash", "DELETE FROM hawser.\(table)",
                    "TRUNCATE hawser.\(table)",
                ] {
                    await #expect(throws: PostgresError.self, "\(sql)") {
                        try await shore.pool.transaction(tenant: audited.tenant.id) { connection in
                            try connection.run(script: sql)
                        }
                    }
                    // Nor a superuser who does not mean it.
                    await #expect(throws: PostgresError.self, "\(sql)") { try await shore.run(sql) }
                }
            }
        }
    }

    @Test func `entries are found by who, what, on what and when`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            let log = AuditLog(pool: shore.pool, keys: shore.keys, clock: .fixed(Shore.now))
            func find(
                _ filter: AuditFilter,
                before: Int64? = nil,
                limit: Int = 100
            ) async throws
                -> [Int64]
            {
                try await log.page(of: audited.tenant.id, filter, before: before, limit: limit)
                    .map(\.entry.sequence)
            }
            #expect(try await find(AuditFilter(actor: "user:7:")) == [7])
            #expect(try await find(AuditFilter(action: "tenant.")) == [1])
            #expect(try await find(AuditFilter(target: "ship/ship-1")) == [10])
            #expect(
                try await find(
                    AuditFilter(from: Shore.now + .seconds(4), to: Shore.now + .seconds(6))
                ) == [5, 4]
            )
            #expect(try await find(AuditFilter(), before: 5, limit: 3) == [4, 3, 2])
            let other = try await Audited(shore, "zenith")
            #expect(try await find(AuditFilter()) == (1...10).reversed())
            #expect(other.tenant.id != audited.tenant.id)
        }
    }

    @Test func `nothing new gets no seal, and what was altered before is never sealed`()
        async throws
    {
        try await withShore { shore in
            let audited = try await Audited(shore)
            let sealer = Audited.sealer(shore)
            #expect(try await sealer.seal(audited.tenant.id)?.seal.first == 10)
            #expect(try await sealer.seal(audited.tenant.id) == nil)
            _ = try await shore.ships.create(
                tenant: audited.tenant.id,
                name: "late",
                tokenLasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            try await audited.tamper(
                "UPDATE hawser.audit_entries SET actor = 'nobody' WHERE sequence = 11"
            )
            await #expect { try await sealer.seal(audited.tenant.id) } throws: {
                ($0 as? AuditFault)?.entry == 11
            }
        }
    }

    /// RFC 6962 gives no vectors; these are of its reference implementation (certificate-transparency
    /// `merkletree`), whose leaves are not hashes: so by hand, from the definition.
    @Test func `a tree's root is that of its halves, split at the largest power of two`() {
        let leaves = (0..<23).map { MerkleTree.leaf(AuditHash(of: [UInt8($0)])) }
        func root(_ part: ArraySlice<AuditHash>) -> AuditHash {
            guard part.count > 1 else { return part[part.startIndex] }
            var size = 1
            while size * 2 < part.count { size *= 2 }
            return MerkleTree.node(root(part.prefix(size)), root(part.dropFirst(size)))
        }
        for count in 1...leaves.count {
            var tree = MerkleTree()
            for leaf in leaves.prefix(count) { tree.append(leaf: leaf) }
            #expect(tree.root == root(leaves.prefix(count)), "\(count)")
        }
        #expect(MerkleTree().root == nil)
    }
}
