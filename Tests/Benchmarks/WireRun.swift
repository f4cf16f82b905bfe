import FleetModel
import FleetSeries

/// Hawser's own bytes and times for one recording, in segments of one length.
struct WireRun {
    private(set) var account = WireAccount()
    /// Seconds of processor time.
    private(set) var encoding = 0.0
    private(set) var decoding = 0.0

    init(_ recording: Recording, segmentLength: Duration) throws {
        var chain = SegmentChain()
        var defined = 0
        var sealed: [SealedSegment] = []
        for window in recording.windows(of: segmentLength) {
            let needed = Int(window.flatMap(\.numbers).map(\.rawValue).max() ?? 0) + 1
            if needed > defined {
                let fresh = Array(recording.definitions[defined..<needed])
                account.addCatalogue(try CatalogueSegment.encode(fresh))
                defined = needed
            }
            let started = ProcessorTime.seconds
            let segments = try chain.seal(window[...])
            encoding += ProcessorTime.seconds - started
            for segment in segments { account.addMetrics(segment) }
            sealed += segments
        }
        account.addSession(lanes: 3)
        let started = ProcessorTime.seconds
        var context: SegmentContext?
        for segment in sealed {
            context = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context).context
        }
        decoding = ProcessorTime.seconds - started
    }

    func rate(_ seconds: Double) -> Double { Double(account.samples) / seconds }
}
