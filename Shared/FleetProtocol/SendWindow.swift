import FleetModel

/// How much a ship may have under way: enough that the link is never idle, and no more, so that a
/// cut costs little and an event overtakes soon.
///
/// Kernels on the way take megabytes without a word, and an accelerator in the modem acknowledges
/// what the shore has never seen. So the window is kept here, end to end: the shore reports what it
/// has received, and from those reports come the link's rate and round trip, and their product.
package struct SendWindow: Sendable {
    /// What one session learnt of the link, for the next to begin with.
    package struct Estimate: Sendable, Equatable {
        /// Payload bytes a second.
        package let rate: Double
        package let roundTrip: Duration

        package init(rate: Double, roundTrip: Duration) {
            self.rate = rate
            self.roundTrip = roundTrip
        }
    }

    /// One frame that was sent, and what was known at that moment.
    private struct Mark {
        let end: UInt64
        let at: Int64
        let received: UInt64
        let receivedAt: Int64
        /// There was too little to send: the rate that is measured with it is not the link's.
        let isIdle: Bool
    }

    /// Payload bytes that were sent, and that the shore has reported.
    private var sent: UInt64 = 0
    private var received: UInt64 = 0
    private var receivedAt: Int64
    private var marks: [Mark] = []
    private var firstMark = 0
    /// Rates of the last rounds, in bytes a millisecond; a round is one window's worth.
    private var rates: [Double] = []
    private var roundEnd: UInt64 = 0
    private var roundRate = 0.0
    /// The shortest round trip in these minutes and in those before, in milliseconds.
    private var roundTrips: (now: Int64?, before: Int64?) = (nil, nil)
    /// Until then less is under way, so that what waits on the way is gone and the round trip shows.
    private var probesUntil: Int64?
    private var roundTripsSince: Int64
    /// Grows with every report until the link is found to be full; then `nil`.
    private var startingSize: Double? = Double(Self.initialBytes)
    private var roundsWithoutGrowth = 0
    private var bestRate = 0.0
    /// Whether the shore reports at all: unknown until it has answered the hello.
    private var isReported: Bool?

    /// What TCP itself sends at first (RFC 6928), so nothing is gained by more.
    static let initialBytes = 14 * 1024
    /// Never less: an interval between two reports must fit.
    static let leastBytes = 1024
    /// Rounds that a rate counts for: a link that became slower is believed after them.
    private static let rounds = 10
    /// Beyond the product of rate and round trip, so that a link that became faster is noticed.
    private static let gain = 1.1
    /// Five minutes. More than the product is under way, so the shortest round trip is seen only when
    /// the ship holds back on purpose: two round trips at half the rate, every five minutes.
    private static let roundTripsKept: Int64 = 300_000
    /// The shortest round trip that the window is made for, in milliseconds. Below it, programs that
    /// wait for their turn on a busy machine take longer than the link does, and a window for the link
    /// alone would let it stand idle.
    private static let leastRoundTrip: Int64 = 25
    /// How long the link may be busy with one frame, in milliseconds: an event waits for it.
    private static let frameMilliseconds = 200.0
    /// Bytes a millisecond from which on frames are as large as they may be: 8 Mbit/s.
    private static let fastRate = 1000.0

    /// - Parameter now: of a clock that never jumps, here and everywhere below.
    package init(_ estimate: Estimate? = nil, at now: Timestamp) {
        receivedAt = now.milliseconds
        roundTripsSince = now.milliseconds
        guard let estimate else { return }
        rates = [estimate.rate / 1000]
        roundTrips.before = max(1, estimate.roundTrip.milliseconds)
        startingSize = nil
    }

    // MARK: What happens

    /// The shore has answered the hello.
    package mutating func stateReceived(isReported: Bool) {
        self.isReported = isReported
    }

    package mutating func wasSent(_ count: Int, at now: Timestamp) {
        if sent == received { receivedAt = now.milliseconds }
        sent += UInt64(count)
        marks.append(
            Mark(
                end: sent,
                at: now.milliseconds,
                received: received,
                receivedAt: receivedAt,
                isIdle: Double(sent - received) < size / 2
            )
        )
    }

    /// The shore has received so many payload bytes in this session.
    package mutating func wasReceived(_ total: UInt64, at now: Timestamp) {
        guard total > received, total <= sent else { return }
        let growth = total - received
        received = total
        receivedAt = now.milliseconds
        var newest: Mark?
        while firstMark < marks.count, marks[firstMark].end <= total {
            newest = marks[firstMark]
            firstMark += 1
        }
        if firstMark > 1024 {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
        guard let newest else { return }
        let roundTrip = max(1, now.milliseconds - newest.at)
        note(roundTrip: roundTrip, at: now.milliseconds)
        let rate =
            Double(total - newest.received) / Double(max(1, now.milliseconds - newest.receivedAt))
        if !newest.isIdle || rate > (self.rate ?? 0) / 1000 { roundRate = max(roundRate, rate) }
        if let size = startingSize { startingSize = size + Double(growth) }
        guard total >= roundEnd else { return }
        endRound(isFull: !newest.isIdle, roundTrip: roundTrip)
    }

    private mutating func note(roundTrip: Int64, at now: Int64) {
        if now - roundTripsSince > Self.roundTripsKept {
            let shortest = shortestRoundTrip ?? roundTrip
            roundTrips = (nil, shortest)
            roundTripsSince = now
            probesUntil = now + 2 * max(shortest, roundTrip)
        } else if let end = probesUntil, now >= end {
            // What was true before counts no longer.
            roundTrips.before = nil
            probesUntil = nil
        }
        roundTrips.now = min(roundTrips.now ?? roundTrip, roundTrip)
    }

    private mutating func endRound(isFull: Bool, roundTrip: Int64) {
        roundEnd = sent
        defer { roundRate = 0 }
        // What was measured with too little to send counts only where it shows more.
        if isFull || roundRate > (rates.max() ?? 0) {
            rates.append(roundRate)
            if rates.count > Self.rounds { rates.removeFirst() }
        }
        guard startingSize != nil, isFull else { return }
        roundsWithoutGrowth = roundRate > bestRate * 1.25 ? 0 : roundsWithoutGrowth + 1
        bestRate = max(bestRate, roundRate)
        let isQueueing = roundTrip > (shortestRoundTrip ?? roundTrip) * 5 / 4 + 20
        if roundsWithoutGrowth >= 2 || isQueueing { startingSize = nil }
    }

    // MARK: What follows from it

    private var shortestRoundTrip: Int64? {
        [roundTrips.now, roundTrips.before].compactMap { $0 }.min()
    }

    private var windowedRoundTrip: Int64? {
        shortestRoundTrip.map { max($0, Self.leastRoundTrip) }
    }

    /// Payload bytes a second, once it is known.
    package var rate: Double? { rates.max().map { $0 * 1000 } }

    package var estimate: Estimate? {
        guard startingSize == nil, let rate, let shortestRoundTrip else { return nil }
        return Estimate(rate: rate, roundTrip: .milliseconds(shortestRoundTrip))
    }

    /// The payload that a frame should have now.
    package var payloadLimit: Int {
        guard isReported != false else { return Limits.framePayloadBytes }
        guard let rate = rates.max() else { return Self.initialBytes / 4 }
        var limit = rate * Self.frameMilliseconds
        // Half a frame is lost at a cut, and one more is under way for it: small against the rest.
        // Fast links are not cut so often, and frames cost work.
        if rate < Self.fastRate, let roundTrip = windowedRoundTrip {
            limit = min(limit, max(2048, rate * Double(roundTrip) / 3))
        }
        return min(max(Int(limit), 512), Limits.framePayloadBytes)
    }

    /// Bytes that may be under way now.
    package var size: Double {
        guard isReported != false else { return Double(Limits.unacknowledgedBytes) }
        var size = startingSize ?? 0
        if let rate = rates.max(), let roundTrip = windowedRoundTrip {
            let product = rate * Double(roundTrip)
            let frame = Double(payloadLimit)
            size =
                startingSize.map { min($0, 2 * product + 2 * frame) }
                ?? (probesUntil == nil ? Self.gain * product + frame : product / 2)
        }
        return min(max(size, Double(Self.leastBytes)), Double(Limits.unacknowledgedBytes))
    }

    /// Whether another frame may go. A shore that reports nothing can't open a window again: then
    /// only what is unacknowledged is bounded, by the session.
    package var isOpen: Bool { isReported == false || Double(sent - received) < size }
}
