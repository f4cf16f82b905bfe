import FleetModel

/// A kind of link, what it costs and what may go over it.
package struct LinkClass: Sendable, Equatable {
    package let name: String
    /// Bytes a second that may be sent; `nil` for as fast as the link goes.
    package let rate: Int?
    /// In millionths of the currency's unit.
    package let microsPerMegabyte: UInt64?
    /// ISO 4217.
    package let currency: String
    /// Events and the catalogue always may.
    package let lanes: Set<Lane>
    /// Bytes a UTC day for everything together, both ways, as the link carries them.
    package let dailyBytes: UInt64?
    package let laneBytes: [Lane: UInt64]
    /// Network interfaces that mean this class when the default route goes through them.
    package let interfaces: [String]
    /// In port: no budgets and no windows, everything that waits goes.
    package let isPort: Bool

    package init(
        name: String,
        rate: Int? = nil,
        microsPerMegabyte: UInt64? = nil,
        currency: String = "",
        lanes: Set<Lane> = Set(Lane.allCases),
        dailyBytes: UInt64? = nil,
        laneBytes: [Lane: UInt64] = [:],
        interfaces: [String] = [],
        isPort: Bool = false
    ) {
        self.name = name
        self.rate = rate
        self.microsPerMegabyte = microsPerMegabyte
        self.currency = currency
        self.lanes = lanes
        self.dailyBytes = dailyBytes
        self.laneBytes = laneBytes
        self.interfaces = interfaces
        self.isPort = isPort
    }

    /// What a ship without any configuration has.
    package static let unlimited = LinkClass(name: "default")

    /// What these bytes cost, in millionths of the currency's unit.
    package func cost(ofBytes bytes: UInt64) -> UInt64 {
        guard let microsPerMegabyte else { return 0 }
        let (high, low) = bytes.multipliedFullWidth(by: microsPerMegabyte)
        guard high < 1_000_000 else { return .max }
        return UInt64(1_000_000).dividingFullWidth((high, low)).quotient
    }
}
