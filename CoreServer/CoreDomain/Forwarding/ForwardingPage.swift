import CorePostgres
import FleetModel
import FleetSeries

/// Some blocks as remote_write requests, and the place behind them.
struct ForwardingPage: Sendable {
    /// Samples in one request: Prometheus' own default is 2,000, and receivers take megabytes.
    static let requestSamples = 10_000

    /// Blocks read at a time.
    static let blocks: Int32 = 16

    struct Request: Sendable {
        let body: [UInt8]
        let sampleCount: Int
    }

    private(set) var requests: [Request] = []
    let end: ForwardingPlace

    private var message = ProtobufWriter()
    private var count = 0

    /// - Returns: `nil` where nothing waits.
    static func read(
        behind place: ForwardingPlace,
        tenant: TenantID,
        series: inout ForwardedSeries,
        _ connection: PostgresConnection
    ) throws -> ForwardingPage? {
        let rows = try connection.execute(
            ForwardingQueries.blocks,
            values: [.int64(tenant.rawValue)] + place.values + [.int32(blocks)]
        )
        guard let last = rows.last else { return nil }
        var page = ForwardingPage(end: try ForwardingPlace(last))
        for row in rows {
            let place = try ForwardingPlace(row)
            let segment = try MetricsSegmentDecoder.decode(try row.bytes("body")[...])
            let numbers = segment.groups.flatMap { $0.columns.map(\.number) }
            try series.load(numbers, at: place, connection)
            for group in segment.groups {
                for column in group.columns {
                    guard let labels = series.labels(of: column.number, at: place) else {
                        throw DomainError(.invalid, "a block cites a series that was not defined")
                    }
                    try page.add(column, times: group.timestamps, labels)
                }
            }
        }
        try page.finish()
        return page
    }

    private init(end: ForwardingPlace) { self.end = end }

    private mutating func add(
        _ column: SeriesColumn,
        times: [Int64],
        _ labels: LabelSet
    ) throws {
        var samples: [RawSample] = []
        column.eachValue(times: times) { samples.append(RawSample(at: $0, value: $1)) }
        guard !samples.isEmpty else { return }
        samples.sort { $0.at < $1.at }
        message.write(1) { message in
            for label in labels.labels {
                message.write(1) { message in
                    message.write(1, text: label.name)
                    message.write(2, text: label.value)
                }
            }
            for sample in samples {
                message.write(2) { message in
                    message.write(1, double: sample.value)
                    message.write(2, integer: sample.at)
                }
            }
        }
        count += samples.count
        if count >= Self.requestSamples { try finish() }
    }

    private mutating func finish() throws {
        guard count > 0 else { return }
        requests.append(
            Request(body: try Snappy.compress(message.bytes), sampleCount: count)
        )
        message = ProtobufWriter()
        count = 0
    }
}
