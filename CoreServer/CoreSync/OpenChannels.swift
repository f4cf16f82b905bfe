import NIOCore
import Synchronization

/// Every connection of the sync port, so that a stopping server can end them: ships stay connected
/// for days and would keep it waiting.
final class OpenChannels: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let state = Mutex(State())

    /// - Returns: whether the connection may stay: not over the limit, and not while stopping.
    func insert(_ channel: any Channel, limit: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosing, state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        _ = state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// What came over them is still committed; the ships hear the end of the stream and come again.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
