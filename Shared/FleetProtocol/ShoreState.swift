import FleetModel

/// The shore's answer to a hello: the truth about every lane.
package struct ShoreState: Sendable, Equatable {
    /// The version that both will speak.
    package let version: UInt32
    /// The shore's clock when it wrote this.
    package let at: Timestamp
    /// For every lane of the hello, what the shore really has.
    package let positions: [LanePosition]
    /// Series definitions that the shore holds for this epoch.
    package let catalogueWatermark: UInt32
    /// The ship's certificate ends soon: send a `certificateRequest`.
    package let renewCertificate: Bool
    /// The shore sends `received` frames: the ship can tell how fast the link is.
    package let reportsReceived: Bool
    /// The shore does not know the holdings that the hello told the digest of.
    package let asksHoldings: Bool

    package init(
        version: UInt32,
        at: Timestamp,
        positions: [LanePosition],
        catalogueWatermark: UInt32,
        renewCertificate: Bool,
        reportsReceived: Bool = false,
        asksHoldings: Bool = false
    ) {
        self.version = version
        self.at = at
        self.positions = positions
        self.catalogueWatermark = catalogueWatermark
        self.renewCertificate = renewCertificate
        self.reportsReceived = reportsReceived
        self.asksHoldings = asksHoldings
    }
}
