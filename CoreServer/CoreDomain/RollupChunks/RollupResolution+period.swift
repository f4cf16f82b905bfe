extension RollupResolution {
    /// How long one chunk's rollups go. Longer ones make questions cheaper and chunks smaller, and
    /// are written anew more often until they are full.
    var period: Duration {
        switch self {
        case .fiveMinutes: .seconds(86_400)
        case .hour: .seconds(4 * 86_400)
        case .day: .seconds(64 * 86_400)
        }
    }

    /// How much time is moved into chunks at once.
    var portion: Duration {
        switch self {
        case .fiveMinutes, .hour: .seconds(6 * 3600)
        case .day: .seconds(8 * 86_400)
        }
    }
}
