import FleetModel
import FleetSeries

/// Hawser's own bytes and times for one recording, in segments of one length.
struct WireRun {
    private(set) var account = WireAccount()
    private(set) var encoding = Duration.zero
    private(set) var decoding = Duration.zero

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
            let started = ContinuousClock.now
            let segments = try chain.seal(window[...])
            encoding += ContinuousClock.now - started
            for segment in segments { account.addMetrics(segment) }
            sealed += segments
        }
        account.addSession(lanes: 3)
        let started = ContinuousClock.now
        var context: SegmentContext?
        for segment in sealed {
            context = try MetricsSegmentDecoder.decode(segment.bytes[...], context: context).context
        }
        decoding = ContinuousClock.now - started
    }

    /// Samples a second, of wall time on one core.
    func rate(_ duration: Duration) -> Double { Double(account.samples) / duration.inSeconds }
}
