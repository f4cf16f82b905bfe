import NIOCore
import Synchronization

/// Every connection of the listener, so that there are not too many, and a stopping agent can end
/// them: a sender keeps its connection for days.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let state = Mutex(State())

    /// - Returns: how many there are with this one, or `nil` if it may not stay.
    func insert(_ channel: any Channel, limit: Int) -> Int? {
        state.withLock { state in
            guard !state.isClosing, state.channels.count < limit else { return nil }
            state.channels[ObjectIdentifier(channel)] = channel
            return state.channels.count
        }
    }

    func remove(_ channel: any Channel) -> Int {
        state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = nil
            return state.channels.count
        }
    }

    /// Each ends when the request that is under way is answered.
    func quiesce() {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }
}
