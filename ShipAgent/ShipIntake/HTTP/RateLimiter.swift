import FleetModel
import Synchronization

/// Holds each client to a rate of requests and of bytes, in token buckets of two seconds.
///
/// A request is let in while its client has anything left, and may put it into debt: so the largest
/// body passes whatever the rate, and the average holds.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var requests: Double
        var bytes: Double
        var at: ContinuousClock.Instant
    }

    private static let burst = 2.0

    private let requestsPerSecond: Double
    private let bytesPerSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    package init(requestsPerSecond: Int, bytesPerSecond: Int) {
        self.requestsPerSecond = Double(requestsPerSecond)
        self.bytesPerSecond = Double(bytesPerSecond)
    }

    /// Lets a request in, or says after what time to come again.
    package func admit(
        _ client: String,
        bytes: Int,
        at now: ContinuousClock.Instant = .now
    ) -> Duration? {
        buckets.withLock { buckets in
            var bucket = refilled(buckets[client], now)
            guard bucket.requests >= 1, bucket.bytes > 0 else {
                buckets[client] = bucket
                return .seconds(
                    max(
                        (1 - bucket.requests) / requestsPerSecond,
                        -bucket.bytes / bytesPerSecond,
                        0.001
                    )
                )
            }
            bucket.requests -= 1
            bucket.bytes -= Double(bytes)
            buckets[client] = bucket
            if buckets.count > IntakeLimits.clientsWatched { Self.forgetOldest(&buckets) }
            return nil
        }
    }

    /// Charges bytes that were not known when the request was let in.
    package func charge(_ client: String, bytes: Int) {
        buckets.withLock { $0[client]?.bytes -= Double(bytes) }
    }

    private func refilled(_ bucket: Bucket?, _ now: ContinuousClock.Instant) -> Bucket {
        let full = Bucket(
            requests: max(1, requestsPerSecond * Self.burst),
            bytes: max(1, bytesPerSecond * Self.burst),
            at: now
        )
        guard let bucket else { return full }
        let elapsed = max(0, (now - bucket.at).inSeconds)
        return Bucket(
            requests: min(full.requests, bucket.requests + elapsed * requestsPerSecond),
            bytes: min(full.bytes, bucket.bytes + elapsed * bytesPerSecond),
            at: now
        )
    }

    private static func forgetOldest(_ buckets: inout [String: Bucket]) {
        // Rare: only when more clients than are watched come within one another's time.
        guard let oldest = buckets.min(by: { $0.value.at < $1.value.at })?.key else { return }
        buckets[oldest] = nil
    }
}
