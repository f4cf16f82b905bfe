import FleetModel
import FoundationEssentials

/// Follows the chain from block to block, and compares it with seals and witnesses.
struct AuditCheck {
    private struct Witness: Decodable {
        let witness: String
        let seal: Int64
        let last: Int64
        let hash: String
        let signature: String
    }

    private struct End: Decodable {
        let end: Int64
        let hash: String
    }

    /// Ships of one tenant, and then some.
    private static let mostTestimonies = 1_000_000

    private var report: AuditReport
    /// By the seal that they name.
    private var testimonies: [Int64: [AuditVerifier.Testimony]] = [:]
    private var last: Int64 = 0
    private var lastHash = AuditHash.zero
    private var tree = MerkleTree()
    private var lastSeal: StoredSeal?
    private var hasEnded = false

    init(report: AuditReport, testimonies: [AuditVerifier.Testimony]) {
        self.report = report
        for testimony in testimonies { note(testimony) }
    }

    private mutating func note(_ testimony: AuditVerifier.Testimony) {
        testimonies[testimony.witness.seal, default: []].append(testimony)
        report.witnesses += 1
    }

    mutating func take(_ block: AuditBlock) throws {
        for item in block.items {
            guard !hasEnded else {
                throw AuditFault(entry: last + 1, "something stands behind the export's end")
            }
            switch item {
            case .entries(let run): try follow(run)
            case .seal(let seal): try compare(seal)
            case .other(let line): try take(line)
            case .fault(let fault):
                // Only who reads from the start knows which entry would have come.
                guard fault.entry != nil else {
                    throw AuditFault(entry: last + 1, fault.reason)
                }
                throw fault
            }
        }
    }

    private mutating func follow(_ run: AuditBlock.Run) throws {
        guard run.first == last + 1 else { throw AuditFault.gap(after: last, found: run.first) }
        guard run.firstPrevious == lastHash else { throw AuditFault.broken(at: run.first) }
        for leaf in run.leaves { tree.append(leaf: leaf) }
        last = run.last
        lastHash = run.lastHash
        report.entries = last
    }

    private mutating func compare(_ stored: StoredSeal) throws {
        let seal = stored.seal
        let before = lastSeal
        guard seal.number == (before?.seal.number ?? 0) + 1,
            seal.previous == before?.hash ?? .zero, seal.first == (before?.seal.last ?? 0) + 1
        else {
            throw AuditFault(
                entry: (before?.seal.last ?? 0) + 1,
                "seal \(seal.number) does not follow on seal \(before?.seal.number ?? 0)"
            )
        }
        guard seal.last <= last else {
            throw AuditFault(
                entry: last + 1,
                "it is cut off: seal \(seal.number) was made over entries to \(seal.last)"
            )
        }
        guard seal.last == last else {
            throw AuditFault(entry: seal.last + 1, "it stands before seal \(seal.number)")
        }
        guard tree.root == seal.root else {
            throw AuditFault(
                entry: seal.first,
                "one of the entries \(seal.first) to \(seal.last) was altered and all behind it "
                    + "hashed anew: seal \(seal.number) was made over others"
            )
        }
        for testimony in testimonies.removeValue(forKey: seal.number) ?? [] {
            guard testimony.witness == stored.witness else {
                try refuseForged(testimony)
                throw AuditFault(
                    entry: seal.first,
                    "\(testimony.of) witnessed another seal \(seal.number) than the one that is here"
                )
            }
        }
        tree.clear()
        lastSeal = stored
        report.seals = seal.number
        report.sealedThrough = seal.last
    }

    private mutating func take(_ line: [UInt8]) throws {
        if let end = try? JSONDecoder().decode(End.self, from: Data(line)) {
            hasEnded = true
            guard end.end <= last else {
                throw AuditFault(
                    entry: last + 1,
                    "it is cut off: the chain's head stands at \(end.end)"
                )
            }
            guard end.end == last, end.hash == "\(lastHash)" else {
                throw AuditFault(
                    entry: end.end == last ? last : end.end + 1,
                    "it is not where the chain's head stands, at \(end.end)"
                )
            }
            return
        }
        guard last == 0, lastSeal == nil, testimonies.count < Self.mostTestimonies,
            let line = try? JSONDecoder().decode(Witness.self, from: Data(line)),
            let hash = AuditHash(hex: line.hash), let signature = Hexadecimal.bytes(line.signature)
        else { throw AuditFault(entry: last + 1, "a line stands in its place that has none here") }
        note(
            AuditVerifier.Testimony(
                of: line.witness,
                AuditWitness(seal: line.seal, last: line.last, hash: hash, signature: signature)
            )
        )
    }

    /// Whether all that was witnessed is there.
    func finish() throws -> AuditReport {
        guard hasEnded else {
            throw AuditFault(
                entry: last + 1,
                "the export ends without its last line: it is cut off"
            )
        }
        for testimony in testimonies.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            try refuseForged(testimony)
            let witness = testimony.witness
            throw AuditFault(
                entry: min(last, report.sealedThrough) + 1,
                "the tail is cut off or was written anew: \(testimony.of) witnessed seal "
                    + "\(witness.seal) over entries to \(witness.last), and here the last seal is "
                    + "\(report.seals)"
            )
        }
        return report
    }

    /// - Throws: where this installation never said what the witness says.
    private func refuseForged(_ testimony: AuditVerifier.Testimony) throws {
        let isSigned = report.keys.contains { key in
            testimony.witness.isSigned(by: key, of: report.tenant)
        }
        guard isSigned else {
            throw AuditFault(
                entry: nil,
                "what is said to be witnessed by \(testimony.of) is not signed by this installation"
            )
        }
    }
}
