import CoreAudit
import CoreDomain
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation

/// A tenant with an audit of ten entries: three seals over three each, and one that is not sealed.
struct Audited {
    let shore: Shore
    let tenant: Tenant
    /// Of the newest seal.
    let witness: AuditWitness

    static let entries: Int64 = 10

    /// - Parameter entries: three at least, for a seal.
    init(
        _ shore: Shore,
        _ name: String = "acme",
        entries: Int64 = Self.entries
    ) async throws {
        self.shore = shore
        let tenant = try await shore.tenants.create(
            name: name,
            at: Shore.now,
            for: .command("test")
        )
        self.tenant = tenant
        var witness: AuditWitness?
        for index in 2...entries {
            // Texts that JSON has to mask.
            let change = Change(
                actor: "user:\(index):\"anna\\\n",
                reason: "\u{1}é再🚢</x>",
                requestID: "r\(index)"
            )
            _ = try await shore.ships.create(
                tenant: tenant.id,
                name: "ship-\(index)",
                tokenLasting: .seconds(60),
                at: Shore.now + .seconds(index),
                for: change
            )
            if index % 3 == 0 {
                witness = try await Self.sealer(shore).seal(tenant.id)?.witness
            }
        }
        guard let witness else { throw CommandError("nothing was sealed") }
        self.witness = witness
    }

    static func sealer(_ shore: Shore) -> AuditSealer {
        AuditSealer(pool: shore.pool, keys: shore.keys, clock: .fixed(Shore.now))
    }

    /// The whole export.
    func lines() async throws -> [UInt8] {
        var export = AuditLog(pool: shore.pool, keys: shore.keys, clock: .fixed(Shore.now))
            .export(of: tenant.id, name: tenant.name)
        var lines: [UInt8] = []
        while let part = try await export.next() { lines += part }
        return lines
    }

    /// Exports, and verifies what came.
    func verify(
        witnesses: [AuditWitness] = [],
        _ change: ([UInt8]) -> [UInt8] = { $0 }
    ) async throws -> AuditReport {
        try await verify(change(try await lines()), witnesses)
    }

    private func verify(_ lines: [UInt8], _ witnesses: [AuditWitness]) async throws -> AuditReport {
        try await withTemporaryDirectory { folder in
            let path = folder + "/export.jsonl"
            // Thousands of them: whether they outlive a power cut is no matter.
            try Data(lines).write(to: URL(filePath: path))
            return try await AuditVerifier(
                testimonies: witnesses.map { AuditVerifier.Testimony(of: "aurora", $0) },
                trusted: shore.keys.publicKeys
            ).verify(path)
        }
    }

    /// What verification finds; `nil` where all is well.
    func fault(
        witnesses: [AuditWitness] = [],
        _ change: ([UInt8]) -> [UInt8] = { $0 }
    ) async throws -> AuditFault? {
        try await fault(in: change(try await lines()), witnesses: witnesses)
    }

    /// In an export.
    func fault(in lines: [UInt8], witnesses: [AuditWitness] = []) async throws -> AuditFault? {
        do {
            _ = try await verify(lines, witnesses)
            return nil
        } catch {
            guard let fault = error as? AuditFault else { throw error }
            return fault
        }
    }

    /// Does something to the tables that only a superuser can, past triggers and row security.
    func tamper(_ sql: String) async throws {
        try await shore.run(
            """
            BEGIN;
            SET LOCAL session_replication_role = replica;
            \(sql);
            COMMIT
            """
        )
    }
}
