import FleetModel
import NIOCore
import Synchronization

/// The open session of each ship. A new one takes the place of the old: after an outage the old
/// connection may hang for minutes.
final class SessionRegistry: Sendable {
    private struct Entry {
        let number: UInt64
        let channel: any Channel
    }

    private struct State {
        var entries: [ShipIdentity: Entry] = [:]
        /// Sessions that have not left, superseded ones among them.
        var active: Set<UInt64> = []
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Takes the ship's place, and waits a while until its old session has committed what it held:
    /// then the new one starts from there, and no byte is sent twice.
    ///
    /// - Returns: a number to leave with.
    func enter(_ identity: ShipIdentity, _ channel: any Channel) async -> UInt64 {
        let (number, old) = state.withLock { state in
            defer { state.next += 1 }
            state.active.insert(state.next)
            let old = state.entries.updateValue(
                Entry(number: state.next, channel: channel),
                forKey: identity
            )
            return (state.next, old)
        }
        if let old {
            old.channel.close(promise: nil)
            let deadline = ContinuousClock.now + .seconds(5)
            while state.withLock({ $0.active.contains(old.number) }), .now < deadline {
                try? await Task.sleep(for: .milliseconds(20))
                if Task.isCancelled { break }
            }
        }
        return number
    }

    func leave(_ identity: ShipIdentity, _ number: UInt64) {
        state.withLock { state in
            state.active.remove(number)
            if state.entries[identity]?.number == number { state.entries[identity] = nil }
        }
    }

    var count: Int { state.withLock { $0.entries.count } }
}
