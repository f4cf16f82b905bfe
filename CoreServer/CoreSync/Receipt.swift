import FleetProtocol

/// The payload that a session has received, and whether its ship knows.
struct Receipt {
    private var total: UInt64 = 0
    private var told: UInt64 = 0

    mutating func count(_ data: DataFrame) {
        total += UInt64(data.payload.count)
    }

    /// The sum, if it is news.
    mutating func due() -> UInt64? {
        guard total > told else { return nil }
        told = total
        return total
    }
}
