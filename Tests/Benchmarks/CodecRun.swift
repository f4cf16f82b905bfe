import FleetModel
import FleetSeries

/// One fleet's segments, sealed and opened again, with the processor's time for each.
struct CodecRun {
    private(set) var samples = 0
    private(set) var bytes = 0
    private(set) var seriesCount = 0
    /// Seconds of this process, of the best of three passes.
    private(set) var encoding = Double.infinity
    private(set) var decoding = Double.infinity
    /// What encoder and decoder each remember from one segment to the next.
    private(set) var contextBytes = 0

    init(_ batches: [SampleBatch], segmentLength: Duration) throws {
        let windows = Recording.windows(batches, of: segmentLength) { $0.at }
        for _ in 0..<3 {
            var chain = SegmentChain()
            let started = ProcessorTime.seconds
            let sealed = try windows.flatMap { try chain.seal($0[...]) }
            let middle = ProcessorTime.seconds
            var context: SegmentContext?
            for segment in sealed {
                context = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context)
                    .context
            }
            encoding = min(encoding, middle - started)
            decoding = min(decoding, ProcessorTime.seconds - middle)
            samples = sealed.reduce(0) { $0 + $1.recordCount }
            bytes = sealed.reduce(0) { $0 + $1.bytes.count }
            seriesCount = context?.seriesCount ?? 0
            contextBytes = context?.footprint ?? 0
        }
    }
}
