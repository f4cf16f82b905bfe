import FleetModel
import FleetSeries
import Synchronization

/// What the next metrics segment is predicted from: a segment that says only what its predecessor
/// does not imply takes half the bytes.
///
/// Kept in memory only. After a restart, or when another process has sealed in between, the next
/// segment stands alone, and the chain begins anew.
struct SegmentChain: Sendable {
    /// Segments after which one stands alone again. The shore keeps the chain's bytes to pick it up
    /// after a restart of its own, and replays at most this many; one key segment in 64 costs 1.5 %.
    static let longest = 64

    /// The lane's end that the context belongs to, and the digest there: what came before may have
    /// been withdrawn, and as many others sealed since.
    var end: UInt64
    var digest: ChainDigest
    var context: SegmentContext
    /// Segments since the last that stands alone, it included.
    var length: Int
    /// Samples in those.
    var samples: Int

    func continues(_ lane: LaneRecord) -> Bool {
        end == lane.endSequence && digest == lane.endChain
    }
}

/// The chain as one transaction sees it: it becomes the store's when the transaction is committed.
final class SegmentChainDraft {
    var chain: SegmentChain?

    init(_ chain: SegmentChain?) {
        self.chain = chain
    }
}
