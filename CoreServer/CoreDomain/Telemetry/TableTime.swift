import FleetModel

/// Brings a ship's times into the range that tables can hold: a wrong clock may say anything.
enum TableTime {
    /// The first moment of year 1 and the last of year 9999.
    private static let lowest: Int64 = -62_135_596_800_000
    private static let highest: Int64 = 253_402_300_799_999

    static func clamped(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: min(max(milliseconds, lowest), highest))
    }
}
