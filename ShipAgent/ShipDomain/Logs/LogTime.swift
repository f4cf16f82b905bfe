import FleetModel

/// Whether a sender's time can be believed: a clock that is far off would hide its records where
/// nobody looks for them.
enum LogTime {
    private static let farthestAhead = Duration.seconds(3600)
    /// What a device kept while it was cut off comes late.
    private static let farthestBehind = Duration.seconds(30 * 86_400)
    /// The label with a time that could not be believed.
    static let label = "hawser.timestamp"

    /// The sender's time, or the time of arrival and a label that keeps what the sender said.
    static func judge(
        _ text: String?,
        at now: Timestamp
    ) -> (at: Timestamp, label: LabelSet.Label?) {
        guard let text else { return (now, nil) }
        if let claimed = Timestamp(parsing: text), claimed <= now + farthestAhead,
            claimed >= now - farthestBehind
        {
            return (claimed, nil)
        }
        return (now, LabelSet.Label(label, text))
    }
}
