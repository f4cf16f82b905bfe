import FleetModel

/// Where a ship was when it last told.
package struct ShipPosition: Sendable, Equatable {
    /// North is positive.
    package let latitude: Double
    /// East is positive.
    package let longitude: Double
    package let at: Timestamp

    package init(latitude: Double, longitude: Double, at: Timestamp) {
        self.latitude = latitude
        self.longitude = longitude
        self.at = at
    }

    private static let latitudeName = "hawser_position_latitude_degrees"
    private static let longitudeName = "hawser_position_longitude_degrees"
    static let names = [latitudeName, longitudeName]

    /// The newest of both series; `nil` where either is missing or they are not of one moment.
    init?(_ histories: [SeriesHistory]) {
        func latest(_ name: String) -> SeriesRollup? {
            histories.filter { $0.labels.name == name }.compactMap { $0.points.last?.rollup }
                .max { $0.lastAt < $1.lastAt }
        }
        guard let latitude = latest(Self.latitudeName), let longitude = latest(Self.longitudeName),
            latitude.lastAt == longitude.lastAt, abs(latitude.last) <= 90,
            abs(longitude.last) <= 180
        else { return nil }
        self.init(
            latitude: latitude.last,
            longitude: longitude.last,
            at: Timestamp(milliseconds: latitude.lastAt)
        )
    }
}
