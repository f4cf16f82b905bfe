import ArgumentParser
import CoreAudit
import CoreDomain
import FleetModel
import FleetRuntime
import FleetTestSupport
import Glibc

/// How fast an exported audit is verified.
struct AuditBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Entries of an exported audit verified a second, seals and signatures included."
    )

    @Option(help: "Entries of the export.")
    var entries: Int64 = 3_000_000

    @Option(help: "Entries under one seal.")
    var sealed: Int64 = 1000

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        guard (1...100_000_000).contains(entries), (1...10_000).contains(sealed) else {
            throw CommandError("--entries is 1 to 100000000, --sealed 1 to 10000")
        }
        try await withTemporaryDirectory { folder in
            let path = folder + "/export.jsonl"
            let size = try write(
                path,
                keys: ServerKeys(directory: folder + "/keys", at: Self.start)
            )
            var figures = Figures(title: "An audit of \(entries) entries, verified")
            figures.add("bytes_per_entry", Double(size) / Double(entries), decimals: 1)
            let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
            for cores in Set([1, cores]).sorted() {
                let (before, used) = (ContinuousClock.now, ProcessorTime.seconds)
                let report = try await AuditVerifier(cores: cores).verify(path)
                let seconds = (ContinuousClock.now - before).inSeconds
                guard report.entries == entries else { throw CommandError("entries are missing") }
                figures.add(
                    "entries_per_second_\(cores)_blocks",
                    Double(entries) / seconds,
                    note: "\(report.seals) seals"
                )
                figures.add(
                    "entries_per_processor_second_\(cores)_blocks",
                    Double(entries) / (ProcessorTime.seconds - used),
                    note: "of all cores together"
                )
            }
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            figures.add("resident_megabytes", Double(usage.ru_maxrss) / 1024, note: "at most")
            figures.print(json: json)
        }
    }

    private static let start = Timestamp(milliseconds: 1_795_254_788_000)

    private func write(_ path: String, keys: ServerKeys) throws -> Int {
        guard let file = fopen(path, "wb") else { throw CommandError("can't write \(path)") }
        defer { fclose(file) }
        let tenant = TenantID(7)
        var lines = AuditLine.header(
            tenant: tenant,
            name: "acme",
            keys: keys.publicKeys,
            at: Self.start
        )
        var (previous, size, seals) = (AuditEntry.start, 0, Int64(0))
        var (tree, first, lastSeal) = (MerkleTree(), Int64(1), AuditHash.zero)
        for sequence in 1...entries {
            let entry = AuditEntry(
                tenant: tenant,
                sequence: sequence,
                at: Self.start + .milliseconds(sequence),
                actor: "user:12:anna:session:99",
                action: "ship.update",
                target: "ship/ms-aurora-\(sequence % 1000)",
                before: "{\"labels\":{\"region\":\"north\"},\"version\":\(sequence)}",
                after: "{\"labels\":{\"region\":\"baltic\"},\"version\":\(sequence + 1)}",
                reason: "",
                requestID: "7e1f0c2a\(sequence)",
                revision: 41,
                previous: previous
            )
            previous = entry.hash
            AuditLine.append(entry, hash: previous, to: &lines)
            if let hash = AuditHash(bytes: previous) { tree.append(leaf: MerkleTree.leaf(hash)) }
            if sequence % sealed == 0 || sequence == entries {
                seals += 1
                let seal = AuditSeal(
                    tenant: tenant,
                    number: seals,
                    first: first,
                    last: sequence,
                    signedAt: entry.at,
                    root: tree.root ?? .zero,
                    previous: lastSeal,
                    key: keys.publicKey
                )
                let signed = try keys.sign(seal)
                AuditLine.append(
                    seal,
                    hash: signed.hash.bytes,
                    signature: signed.signature,
                    to: &lines
                )
                (tree, first, lastSeal) = (MerkleTree(), sequence + 1, signed.hash)
            }
            if lines.count > 1 << 20 || sequence == entries {
                if sequence == entries { lines += AuditLine.end(sequence: entries, hash: previous) }
                size += fwrite(lines, 1, lines.count, file)
                lines.removeAll(keepingCapacity: true)
            }
        }
        return size
    }
}
