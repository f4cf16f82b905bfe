import FleetModel
import NIOCore
import Synchronization

/// The open session of each ship. A new one takes the place of the old: after an outage the old
/// connection may hang for minutes.
final class SessionRegistry: Sendable {
    struct Seat {
        fileprivate let number: UInt64
        fileprivate let channel: any Channel
        /// Finished when the session has left.
        fileprivate let departure: AsyncStream<Never>
        fileprivate let hasLeft: AsyncStream<Never>.Continuation
    }

    private struct State {
        var seats: [ShipIdentity: Seat] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Ends the ship's old session and waits until it has committed what it received: a position
    /// that was read before would have the ship send those bytes again. Not for ever, since the
    /// database may be away; the lanes' rows are locked for each commit, whatever happens here.
    ///
    /// - Returns: what to leave with.
    func enter(_ identity: ShipIdentity, _ channel: any Channel) async -> Seat {
        let (departure, hasLeft) = AsyncStream<Never>.makeStream()
        let (seat, old) = state.withLock { state in
            defer { state.next += 1 }
            let seat = Seat(
                number: state.next,
                channel: channel,
                departure: departure,
                hasLeft: hasLeft
            )
            return (seat, state.seats.updateValue(seat, forKey: identity))
        }
        guard let old else { return seat }
        old.channel.close(promise: nil)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in old.departure {} }
            group.addTask { try? await Task.sleep(for: SyncLimits.departure) }
            await group.next()
            group.cancelAll()
        }
        return seat
    }

    func leave(_ identity: ShipIdentity, _ seat: Seat) {
        seat.hasLeft.finish()
        state.withLock { state in
            if state.seats[identity]?.number == seat.number { state.seats[identity] = nil }
        }
    }

    var count: Int { state.withLock { $0.seats.count } }
}
