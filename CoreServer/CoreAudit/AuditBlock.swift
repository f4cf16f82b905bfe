import FleetModel
import Glibc

/// Some whole lines of an export, each judged for itself: what of the work needs no other block.
struct AuditBlock: Sendable {
    /// Entries that follow on one another.
    struct Run: Sendable {
        let first: Int64
        let firstPrevious: AuditHash
        var last: Int64
        var lastHash: AuditHash
        var leaves: [AuditHash]
    }

    enum Item: Sendable {
        case entries(Run)
        /// Its hash and signature are right; what it says of the entries is still to be seen.
        case seal(StoredSeal)
        case other([UInt8])
        case fault(AuditFault)
    }

    private(set) var items: [Item] = []
    private let tenant: TenantID
    private let keys: [AuditHash]

    /// Where an entry's numbers stand in what is hashed, and where its texts begin.
    private static let (tenantPlace, sequencePlace, momentPlace, revisionPlace) = (32, 40, 48, 56)
    private static let textsPlace = 64

    /// - Parameters:
    ///   - bytes: whole lines.
    ///   - keys: whose signatures count.
    init(_ bytes: [UInt8], tenant: TenantID, keys: [AuditHash]) {
        self.tenant = tenant
        self.keys = keys
        bytes.withUnsafeBufferPointer { bytes in
            let scratch = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count + 128,
                alignment: 8
            )
            defer { scratch.deallocate() }
            read(bytes, scratch)
        }
    }

    private mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ scratch: UnsafeMutableRawBufferPointer
    ) {
        guard let base = bytes.baseAddress else { return }
        var (start, run) = (0, Run?.none)
        while start < bytes.count {
            let feed = memchr(base + start, 0x0A, bytes.count - start)
            let length =
                feed.map { UnsafeRawPointer($0) - UnsafeRawPointer(base + start) }
                ?? bytes.count - start
            let line = UnsafeBufferPointer(start: base + start, count: length)
            start += length + 1
            // {"e is an entry's or the end's, {"s a seal's.
            if line.count > 4, line[2] == 0x65, line[4] == 0x74 {
                guard entry(line, scratch, &run) else { return }
            } else {
                if let whole = run.take() { items.append(.entries(whole)) }
                items.append(line.count > 2 && line[2] == 0x73 ? seal(line) : .other(Array(line)))
            }
        }
        if let whole = run { items.append(.entries(whole)) }
    }

    /// - Returns: whether to go on.
    private mutating func entry(
        _ line: UnsafeBufferPointer<UInt8>,
        _ scratch: UnsafeMutableRawBufferPointer,
        _ run: inout Run?
    ) -> Bool {
        var fault: AuditFault?
        guard var reader = AuditLineReader(line) else { return true }
        reader.skip("{\"entry\":")
        let sequence = reader.number()
        let isNumbered = !reader.hasFailed
        reader.skip(",\"at\":")
        let moment = reader.number()
        reader.skip(",\"revision\":")
        let revision = reader.number()
        reader.skip(",\"previous\":\"")
        let previous = reader.hash()
        var place = Self.textsPlace
        reader.skip("\",\"actor\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"action\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"target\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"before\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"after\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"reason\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"request_id\":\"")
        reader.text(into: scratch, at: &place)
        reader.skip(",\"hash\":\"")
        let hash = reader.hash()
        reader.skip("\"}")
        if !reader.isWhole {
            fault = AuditFault(
                entry: isNumbered ? sequence : nil,
                "its line is not as exports are written"
            )
        } else if let last = run?.last, sequence != last + 1 {
            fault = AuditFault.gap(after: last, found: sequence)
        } else {
            previous.withUnsafeBytes { scratch.copyMemory(from: $0) }
            scratch.store(tenant.rawValue, at: Self.tenantPlace)
            scratch.store(sequence, at: Self.sequencePlace)
            scratch.store(moment, at: Self.momentPlace)
            scratch.store(revision, at: Self.revisionPlace)
            let hashed = UnsafeRawBufferPointer(rebasing: scratch[..<place])
            if AuditHash(of: hashed) != hash {
                fault = AuditFault(entry: sequence, "its content is not what its hash was made of")
            } else if let last = run?.lastHash, last != previous {
                fault = AuditFault.broken(at: sequence)
            }
        }
        if let fault {
            if let whole = run.take() { items.append(.entries(whole)) }
            items.append(.fault(fault))
            return false
        }
        let leaf = MerkleTree.leaf(hash)
        if run == nil {
            run = Run(
                first: sequence,
                firstPrevious: previous,
                last: sequence,
                lastHash: hash,
                leaves: [leaf]
            )
        } else {
            run?.last = sequence
            run?.lastHash = hash
            run?.leaves.append(leaf)
        }
        return true
    }

    private func seal(_ line: UnsafeBufferPointer<UInt8>) -> Item {
        guard var reader = AuditLineReader(line) else { return .other([]) }
        reader.skip("{\"seal\":")
        let number = reader.number()
        reader.skip(",\"first\":")
        let first = reader.number()
        reader.skip(",\"last\":")
        let last = reader.number()
        reader.skip(",\"at\":")
        let moment = reader.number()
        reader.skip(",\"root\":\"")
        let root = reader.hash()
        reader.skip("\",\"previous\":\"")
        let previous = reader.hash()
        reader.skip("\",\"key\":\"")
        let key = reader.hash()
        reader.skip("\",\"hash\":\"")
        let hash = reader.hash()
        reader.skip("\",\"signature\":\"")
        let signature = reader.bytes(64)
        reader.skip("\"}")
        guard reader.isWhole else {
            return .fault(AuditFault(entry: nil, "a seal's line is not as exports are written"))
        }
        let seal = AuditSeal(
            tenant: tenant,
            number: number,
            first: first,
            last: last,
            signedAt: Timestamp(milliseconds: moment),
            root: root,
            previous: previous,
            key: key
        )
        let stored = StoredSeal(seal: seal, hash: hash, signature: signature)
        guard seal.hash == hash else {
            return .fault(AuditFault(entry: nil, "seal \(number) was altered"))
        }
        guard keys.contains(key) else {
            return .fault(
                AuditFault(entry: nil, "seal \(number) is signed by an unknown key \(key)")
            )
        }
        guard stored.witness.isSigned(by: key, of: tenant) else {
            return .fault(
                AuditFault(entry: nil, "seal \(number) is not signed by this installation")
            )
        }
        return .seal(stored)
    }
}

extension AuditFault {
    static func gap(after last: Int64, found: Int64) -> AuditFault {
        found > last
            ? AuditFault(entry: last + 1, "it is missing: entry \(found) stands behind \(last)")
            : AuditFault(entry: last + 1, "entry \(found) stands in its place")
    }

    /// An entry is right in itself, and was not written behind the one that stands before it.
    static func broken(at sequence: Int64) -> AuditFault {
        sequence > 1
            ? AuditFault(
                entry: sequence - 1,
                "it was altered and hashed anew: entry \(sequence) was written behind another one"
            )
            : AuditFault(entry: sequence, "it was not the first when it was written")
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func store(_ number: Int64, at place: Int) {
        storeBytes(of: number.bigEndian, toByteOffset: place, as: Int64.self)
    }
}
