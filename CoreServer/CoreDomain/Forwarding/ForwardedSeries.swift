import CorePostgres
import FleetModel

/// The labels behind the ships' numbers, as far as they were needed.
struct ForwardedSeries: Sendable {
    private struct Key: Hashable {
        let ship: Int64
        let epoch: Int64
    }

    /// Labels kept: some 100 MB. Beyond, all are forgotten and read again.
    private static let limit = 200_000

    private let tenant: TenantID
    private let ships: [Int64: Ship]
    private var labels: [Key: [UInt32: LabelSet]] = [:]
    private var count = 0

    init(tenant: TenantID, ships: [Ship]) {
        self.tenant = tenant
        self.ships = Dictionary(uniqueKeysWithValues: ships.map { ($0.identity.ship.rawValue, $0) })
    }

    func knows(ship: Int64) -> Bool { ships[ship] != nil }

    func labels(of number: SeriesNumber, at place: ForwardingPlace) -> LabelSet? {
        labels[Key(ship: place.ship, epoch: place.block.epoch)]?[number.rawValue]
    }

    mutating func load(
        _ numbers: [SeriesNumber],
        at place: ForwardingPlace,
        _ connection: PostgresConnection
    ) throws {
        let key = Key(ship: place.ship, epoch: place.block.epoch)
        if count > Self.limit {
            labels = [:]
            count = 0
        }
        let missing = Set(numbers.map(\.rawValue)).subtracting((labels[key] ?? [:]).keys)
        guard !missing.isEmpty, let ship = ships[place.ship] else { return }
        let rows = try connection.execute(
            ForwardingQueries.series,
            .int64(tenant.rawValue),
            .int64(place.ship),
            .int64(place.block.epoch),
            .int32Array(missing.map { Int32(bitPattern: $0) })
        )
        for row in rows {
            let number = UInt32(bitPattern: try row.int32("number"))
            labels[key, default: [:]][number] = try LabelSet(json: try row.text("labels")).of(ship)
            count += 1
        }
    }
}
