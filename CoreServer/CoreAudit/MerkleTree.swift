/// The root of a Merkle tree over hashes that come one after another (RFC 6962, section 2.1).
///
/// Holds a hash for each full subtree: 40 for a million million leaves.
package struct MerkleTree {
    private var subtrees: [(root: AuditHash, size: UInt64)] = []

    package init() {}

    package private(set) var count: UInt64 = 0

    /// SHA-256 of a zero byte and the entry's hash.
    package static func leaf(_ entry: AuditHash) -> AuditHash {
        withUnsafeTemporaryAllocation(byteCount: 33, alignment: 8) { buffer in
            buffer[0] = 0
            entry.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: $0)
            }
            return AuditHash(of: UnsafeRawBufferPointer(buffer))
        }
    }

    /// SHA-256 of a one byte and both.
    package static func node(_ left: AuditHash, _ right: AuditHash) -> AuditHash {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { buffer in
            buffer[0] = 1
            left.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]).copyMemory(from: $0)
            }
            right.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[33..<65]).copyMemory(from: $0)
            }
            return AuditHash(of: UnsafeRawBufferPointer(buffer))
        }
    }

    package mutating func append(leaf: AuditHash) {
        count += 1
        var added = (root: leaf, size: UInt64(1))
        while let last = subtrees.last, last.size == added.size {
            subtrees.removeLast()
            added = (Self.node(last.root, added.root), added.size * 2)
        }
        subtrees.append(added)
    }

    /// `nil` of no leaf.
    package var root: AuditHash? {
        guard let last = subtrees.last else { return nil }
        return subtrees.dropLast().reversed().reduce(last.root) { Self.node($1.root, $0) }
    }

    package mutating func clear() {
        subtrees.removeAll(keepingCapacity: true)
        count = 0
    }
}
