import FleetModel

/// The doubles that are no numbers on a scale, and how the common ones are named on the wire.
enum ExceptionalValue {
    /// The index is the wire value.
    static let common: [UInt64] = [
        0x7FF8_0000_0000_0001,  // NaN as Go writes it
        0x7FF8_0000_0000_0000,  // NaN as C, Swift and Python write it
        StaleMarker.bits,
        0x7FF0_0000_0000_0000,  // +Inf
        0xFFF0_0000_0000_0000,  // −Inf
        0x8000_0000_0000_0000,  // −0.0
    ]

    /// Any other: its 64 bits follow.
    static let other = 7
}
