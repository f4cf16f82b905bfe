import FleetModel
import FleetRuntime
import ShipStore
import Synchronization

/// The link's state as facts in the store, for `ship-agent status` in another process.
package final class LinkStatus: Sendable {
    /// Names of the facts.
    package static let stateKey = "link_state"
    package static let sinceKey = "link_since"
    package static let lastSyncKey = "last_sync"
    package static let lastErrorKey = "last_error"
    package static let sentPayloadKey = "sent_payload_bytes"

    package enum State: String, Sendable {
        case connected
        case disconnected
    }

    private let store: ShipStore
    private let clock: WallClock
    private let lastNoted = Mutex<Timestamp?>(nil)

    package init(store: ShipStore, clock: WallClock) {
        self.store = store
        self.clock = clock
    }

    func set(_ state: State) async {
        await write(Self.stateKey, state.rawValue)
        await write(Self.sinceKey, clock.now().description)
    }

    func fail(_ reason: String) async {
        await write(Self.lastErrorKey, "\(clock.now()) \(reason)")
    }

    /// A session has handed so much payload to the link: beside the bytes that were sealed it says
    /// what cuts cost. A crash forgets the session it happens in.
    func sent(_ bytes: Int) async {
        guard bytes > 0 else { return }
        // A task of its own: the session's is cancelled when it ends, and this is told at its end.
        await Task { [store] in
            let before = (try? await store.fact(Self.sentPayloadKey)).flatMap { $0 }.flatMap(
                UInt64.init
            )
            let sum = (before ?? 0) + UInt64(bytes)
            try? await store.setFact(Self.sentPayloadKey, "\(sum)")
        }.value
    }

    /// The shore acknowledged something. Written at most every five seconds: it costs an fsync.
    func synced() async {
        let now = clock.now()
        let isDue = lastNoted.withLock { last in
            if let last, now - last < .seconds(5), now >= last { return false }
            last = now
            return true
        }
        if isDue { await write(Self.lastSyncKey, now.description) }
    }

    /// Only for people to look at: a full disk must not stop the link over it.
    private func write(_ key: String, _ value: String) async {
        try? await store.setFact(key, value)
    }
}
