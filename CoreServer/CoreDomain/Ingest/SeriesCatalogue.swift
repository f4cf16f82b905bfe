import CorePostgres
import Crypto
import FleetModel
import FleetSeries

/// A ship's series ashore: enters new definitions, and knows the id behind each of its numbers.
struct SeriesCatalogue: Sendable {
    let identity: ShipIdentity
    let epoch: LaneEpoch
    /// The catalogue segments that `ids` come from end before this one.
    private(set) var sequence: UInt64 = 0
    /// What stands for a series that a limit kept out.
    private static let refusedID: Int32 = -1

    /// Ids by the ship's numbers, which count from 0 without holes.
    private(set) var ids: [Int32] = []
    /// By the ship's numbers: whether the series grows but for resets.
    private var counters: [Bool] = []
    /// The first 64 bits of a series' identity by its id: what distinct series are counted by.
    private var hashes: [Int32: UInt64] = [:]
    /// Numbers whose series a limit kept out.
    private(set) var refusedCount = 0

    init(identity: ShipIdentity, epoch: LaneEpoch) {
        self.identity = identity
        self.epoch = epoch
    }

    /// Definitions that the shore holds of this epoch.
    var watermark: UInt32 { UInt32(ids.count) }

    func id(of number: SeriesNumber) -> Int32? {
        guard Int(number.rawValue) < ids.count else { return nil }
        let id = ids[Int(number.rawValue)]
        return id == Self.refusedID ? nil : id
    }

    func isCounter(_ number: SeriesNumber) -> Bool {
        Int(number.rawValue) < counters.count && counters[Int(number.rawValue)]
    }

    /// Of the series behind an id.
    func hash(of id: Int32) -> UInt64? { hashes[id] }

    private mutating func append(id: Int32, isCounter: Bool, digest: [UInt8]) {
        ids.append(id)
        counters.append(isCounter)
        guard id != Self.refusedID else {
            refusedCount += 1
            return
        }
        hashes[id] = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The lane stands at `sequence`, and `ids` with it.
    mutating func moved(to sequence: UInt64) { self.sequence = sequence }

    /// Reads what is stored. The catalogue lane is locked, and stands at `sequence`.
    mutating func load(at sequence: UInt64, _ connection: PostgresConnection) throws {
        self.sequence = sequence
        (ids, counters, hashes, refusedCount) = ([], [], [:], 0)
        let rows = try connection.execute(
            IngestQueries.seriesNumbers,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue),
            .int64(epoch.tableValue)
        )
        for row in rows {
            append(
                id: try row.optionalInt32("series_id") ?? Self.refusedID,
                isCounter: try row.bool("is_counter"),
                digest: try row.bytes("identity")
            )
        }
    }

    /// Enters definitions that follow the watermark. A series that the ship had in an earlier epoch
    /// keeps its id: it is the same series. Where there is no room for more, the number is entered
    /// without a series, and what is sent of it is dropped.
    ///
    /// - Returns: how many were kept out.
    mutating func enter(
        _ definitions: [SeriesDefinition],
        _ quota: QuotaDesk
    ) throws -> Int {
        let connection = quota.connection
        let assigned = try assign(definitions, quota)
        _ = try connection.copy(
            into: "hawser.series_numbers",
            columns: ["tenant_id", "ship_id", "epoch", "number", "series_id", "refused"]
        ) { writer in
            for (definition, id) in zip(definitions, assigned) {
                let refused: PostgresValue =
                    id == nil ? .bytes(try CatalogueSegment.encode([definition]).bytes) : .null
                try writer.row(values: [
                    tenant, ship, .int64(epoch.tableValue),
                    .int32(Int32(definition.number.rawValue)),
                    id.map { .int32($0) } ?? .null, refused,
                ])
            }
        }
        for (definition, id) in zip(definitions, assigned) {
            append(
                id: id ?? Self.refusedID,
                isCounter: definition.isCumulative,
                digest: Self.digest(definition.labels)
            )
        }
        return assigned.count { $0 == nil }
    }

    /// Enters what was kept out, as far as there is room by now.
    mutating func readmit(_ quota: QuotaDesk) throws {
        guard refusedCount > 0 else { return }
        let connection = quota.connection
        let room = try quota.room(forSeries: refusedCount)
        guard room > 0 else { return }
        let rows = try connection.execute(
            IngestQueries.refusedNumbers,
            tenant,
            ship,
            .int64(epoch.tableValue),
            .int32(Int32(clamping: room))
        )
        let definitions = try rows.flatMap { try CatalogueSegment.decode($0.bytes("refused")[...]) }
        for (definition, id) in zip(definitions, try assign(definitions, quota)) {
            guard let id else { continue }
            _ = try connection.execute(
                IngestQueries.readmit,
                tenant,
                ship,
                .int64(epoch.tableValue),
                .int32(Int32(definition.number.rawValue)),
                .int32(id)
            )
        }
        try load(at: sequence, connection)
    }

    private var tenant: PostgresValue { .int64(identity.tenant.rawValue) }
    private var ship: PostgresValue { .int64(identity.ship.rawValue) }

    /// An id for each definition; `nil` where there is no room.
    private func assign(
        _ definitions: [SeriesDefinition],
        _ quota: QuotaDesk
    ) throws -> [Int32?] {
        let connection = quota.connection
        let digests = definitions.map { Self.digest($0.labels) }
        var known: [[UInt8]: Int32] = [:]
        let rows = try connection.execute(
            IngestQueries.seriesByIdentity,
            tenant,
            ship,
            .bytesArray(digests)
        )
        var declared: [Int32: String] = [:]
        for row in rows {
            let id = try row.int32("series_id")
            known[try row.bytes("identity")] = id
            declared[id] = try row.optionalText("resolution")
        }
        let unknown = Set(digests).count { known[$0] == nil }
        var room = try quota.room(forSeries: unknown)
        var next =
            try connection.execute(IngestQueries.nextSeriesID, tenant, ship).first?
            .int32("series_id") ?? 0
        var fresh: [(id: Int32, digest: [UInt8], definition: SeriesDefinition)] = []
        var assigned: [Int32?] = []
        for (definition, digest) in zip(definitions, digests) {
            let id: Int32?
            if let found = known[digest] {
                id = found
                let resolution = definition.resolution?.description
                if declared[found] != resolution {
                    declared[found] = resolution
                    _ = try connection.execute(
                        IngestQueries.declareResolution,
                        tenant,
                        ship,
                        .int32(found),
                        resolution.map { .text($0) } ?? .null
                    )
                }
            } else if room > 0 {
                id = next
                known[digest] = next
                declared[next] = definition.resolution?.description
                fresh.append((next, digest, definition))
                next += 1
                room -= 1
            } else {
                id = nil
            }
            assigned.append(id)
        }
        try insert(fresh, connection)
        return assigned
    }

    private func insert(
        _ fresh: [(id: Int32, digest: [UInt8], definition: SeriesDefinition)],
        _ connection: PostgresConnection
    ) throws {
        guard !fresh.isEmpty else { return }
        _ = try connection.copy(
            into: "hawser.series",
            columns: [
                "tenant_id", "ship_id", "series_id", "identity", "name", "labels", "kind",
                "resolution",
            ]
        ) { writer in
            for (id, digest, definition) in fresh {
                let labels = definition.labels.labels.map {
                    LabelSet.Label(Self.storable($0.name), Self.storable($0.value))
                }
                try writer.row(values: [
                    tenant, ship, .int32(id), .bytes(digest),
                    .text(Self.storable(definition.labels.name)), .text(try labels.json()),
                    .int32(Int32(definition.kind.rawValue)),
                    (definition.resolution?.description).map { .text($0) } ?? .null,
                ])
            }
        }
    }

    /// PostgreSQL's text holds no NUL; a label with one keeps its place with U+FFFD instead.
    private static func storable(_ text: String) -> String {
        text.utf8.contains(0)
            ? String(
                String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })
            )
            : text
    }

    /// The first 128 bits of SHA-256 over the labels, each part behind its length.
    private static func digest(_ labels: LabelSet) -> [UInt8] {
        var hash = SHA256()
        for label in labels.labels {
            hash.update(data: Array("\(label.name.utf8.count) \(label.name)".utf8))
            hash.update(data: Array("\(label.value.utf8.count) \(label.value)".utf8))
        }
        return Array(hash.finalize().prefix(16))
    }
}

extension LaneEpoch {
    /// The same 64 bits as PostgreSQL's signed bigint.
    var tableValue: Int64 { Int64(bitPattern: rawValue) }
}
