import FleetModel
import FleetProtocol
import NIOCore
import Synchronization

/// The open session of each ship. When the same agent comes again it takes the place of its old
/// session: after an outage that may hang for minutes. Another agent does so only if the old one
/// gives no sign of life: two at once under one identity are a copied disk, or a stolen key.
final class SessionRegistry: Sendable {
    private struct State {
        var seats: [ShipIdentity: SessionSeat] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Ends the ship's old session and waits until it has committed what it received: a position
    /// that was read before would have the ship send those bytes again. Not for ever, since the
    /// database may be away; the lanes' rows are locked for each commit, whatever happens here.
    ///
    /// - Returns: what to leave with; `nil` where another agent is connected, and alive.
    func enter(
        _ identity: ShipIdentity,
        instance: UInt64?,
        _ channel: any Channel,
        ask: @escaping @Sendable (UInt64) async -> Void
    ) async -> SessionSeat? {
        if let sitting = state.withLock({ $0.seats[identity] }), sitting.isOther(than: instance),
            await sitting.isAlive(within: SyncLimits.proofOfLife)
        {
            return nil
        }
        let (seat, old) = state.withLock { state in
            defer { state.next += 1 }
            let seat = SessionSeat(
                number: state.next,
                instance: instance,
                channel: channel,
                ask: ask
            )
            return (seat, state.seats.updateValue(seat, forKey: identity))
        }
        guard let old else { return seat }
        old.channel.close(promise: nil)
        await old.waitForDeparture(atMost: SyncLimits.departure)
        return seat
    }

    func leave(_ identity: ShipIdentity, _ seat: SessionSeat) {
        seat.left()
        state.withLock { state in
            if state.seats[identity]?.number == seat.number { state.seats[identity] = nil }
        }
    }

    var count: Int { state.withLock { $0.seats.count } }
}
