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
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Returns: a number to leave with.
    func enter(_ identity: ShipIdentity, _ channel: any Channel) -> UInt64 {
        let (number, old) = state.withLock { state in
            defer { state.next += 1 }
            let old = state.entries.updateValue(
                Entry(number: state.next, channel: channel),
                forKey: identity
            )
            return (state.next, old)
        }
        old?.channel.close(promise: nil)
        return number
    }

    func leave(_ identity: ShipIdentity, _ number: UInt64) {
        state.withLock { state in
            if state.entries[identity]?.number == number { state.entries[identity] = nil }
        }
    }

    var count: Int { state.withLock { $0.entries.count } }
}
