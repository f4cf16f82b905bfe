import FleetModel
import FleetRuntime
import FoundationEssentials
import Glibc

/// Says whether an export is what was once written, without the server that it came from.
///
/// Each entry's hash is made anew, the chain is followed, each seal is compared with the entries that
/// it seals, its signature checked, and what ships witnessed is looked for. The file is read block by
/// block, on all cores; memory does not grow with it.
package struct AuditVerifier: Sendable {
    /// Of one line.
    private static let longestLine = 16 << 20
    private static let blockBytes = 1 << 20
    private static let longestHeader = 1 << 20

    /// A witness and whose it is.
    package struct Testimony: Sendable, Hashable {
        package let of: String
        package let witness: AuditWitness

        package init(of name: String, _ witness: AuditWitness) {
            self.of = name
            self.witness = witness
        }
    }

    private let testimonies: [Testimony]
    private let trusted: [AuditHash]
    private let cores: Int

    /// - Parameters:
    ///   - testimonies: from ships themselves, beside those in the export.
    ///   - trusted: the installation's public keys, told on another way; where there are none, those in
    ///     the export are believed.
    package init(
        testimonies: [Testimony] = [],
        trusted: [AuditHash] = [],
        cores: Int = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    ) {
        self.testimonies = testimonies
        self.trusted = trusted
        self.cores = cores
    }

    /// - Throws: `AuditFault` with the first bad entry, `FileError` where it can't be read.
    package func verify(_ path: String) async throws -> AuditReport {
        var lines = try LineBlocks(path, size: Self.blockBytes, longest: Self.longestLine)
        guard let first = try lines.next() else {
            throw AuditFault(entry: nil, "the file is empty")
        }
        let (header, rest) = try Self.header(first)
        let tenant = TenantID(header.tenant)
        let keys = try trustedKeys(header)
        var check = AuditCheck(
            report: AuditReport(tenant: tenant, name: header.name, keys: keys),
            testimonies: testimonies
        )
        // As many blocks are under way as there are cores, and one more; they are taken in their order.
        try await withThrowingTaskGroup(of: (Int, AuditBlock).self) { group in
            var (started, taken, isAtEnd) = (0, 0, false)
            var done: [Int: AuditBlock] = [:]
            var waiting: [UInt8]? = rest
            while true {
                while !isAtEnd, started - taken <= cores {
                    guard let block = try waiting.take() ?? lines.next() else {
                        isAtEnd = true
                        break
                    }
                    let index = started
                    group.addTask { (index, AuditBlock(block, tenant: tenant, keys: keys)) }
                    started += 1
                }
                guard let (index, block) = try await group.next() else { break }
                done[index] = block
                while let block = done.removeValue(forKey: taken) {
                    try check.take(block)
                    taken += 1
                }
            }
        }
        return try check.finish()
    }

    /// The first line's; `tenant` is part of what is hashed.
    private struct Header: Decodable {
        let format: String
        let tenant: Int64
        let name: String
        let keys: [String]
    }

    private static func header(_ block: [UInt8]) throws -> (Header, rest: [UInt8]) {
        guard let feed = block.firstIndex(of: 0x0A), feed <= longestHeader,
            let header = try? JSONDecoder().decode(Header.self, from: Data(block[..<feed])),
            header.format == "hawser-audit-1"
        else { throw AuditFault(entry: nil, "the file is no audit export of this format") }
        return (header, Array(block[(feed + 1)...]))
    }

    private func trustedKeys(_ header: Header) throws -> [AuditHash] {
        guard trusted.isEmpty else { return trusted }
        return try header.keys.map { text in
            guard let key = AuditHash(hex: text) else {
                throw AuditFault(entry: nil, "the header names a key that is none")
            }
            return key
        }
    }
}
