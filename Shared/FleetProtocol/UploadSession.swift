import FleetModel

/// Decides what the ship sends next, without touching a socket, a store or a clock.
///
/// The driver tells it what happened and what is in the store; it answers which bytes to send and
/// which segments may be forgotten. One value lives for one connection: it starts from what the
/// ship believes, and the shore's `state` puts it right.
package struct UploadSession: Sendable {
    /// The next bytes to send: of segment `sequence`, from `offset` on.
    package struct Piece: Hashable, Sendable {
        package let lane: Lane
        package let sequence: UInt64
        package let offset: UInt64

        package init(lane: Lane, sequence: UInt64, offset: UInt64) {
            self.lane = lane
            self.sequence = sequence
            self.offset = offset
        }
    }

    /// What the shore now has for good: segments before `sequence` may be forgotten aboard.
    package struct Release: Hashable, Sendable {
        package let lane: Lane
        package let sequence: UInt64
        package let durableOffset: UInt64
        /// The shore's digest over the segments before `sequence`, where it told it: nothing may be
        /// forgotten unless the ship's own is the same.
        package let chain: ChainDigest?

        package init(
            lane: Lane,
            sequence: UInt64,
            durableOffset: UInt64,
            chain: ChainDigest? = nil
        ) {
            self.lane = lane
            self.sequence = sequence
            self.durableOffset = durableOffset
            self.chain = chain
        }
    }

    private struct Progress {
        /// The first uncommitted segment and its durable bytes, as last heard.
        var committed: UInt64
        var durableOffset: UInt64
        /// The next byte to send.
        var sequence: UInt64
        var offset: UInt64
        /// One past the newest segment in the store.
        var end: UInt64
        /// The shore may have more than is known here: its answer to the hello is waited for.
        var isInDoubt = false
        /// Bytes sent in this session that are not known to be durable.
        var inFlight: [(sequence: UInt64, end: UInt64, count: Int)] = []
    }

    private var lanes: [Lane: Progress] = [:]
    private var unacknowledged = 0
    private var lastProgress: Timestamp
    private var stateWasReceived = false
    private var window: SendWindow
    /// Payload of all data frames of this session.
    package private(set) var sentBytes = 0

    /// Starts from the ship's own belief.
    ///
    /// - Parameters:
    ///   - inDoubt: lanes whose bytes were under way when the last session ended, see
    ///     `lanesInFlight`. The shore may have them, so one round trip is waited rather than sending
    ///     them twice; all other lanes flow at once.
    ///   - estimate: what the last session knew of the link.
    ///   - now: of a clock that never jumps, here and everywhere below.
    package init(
        lanes reports: [Hello.LaneReport],
        inDoubt: Set<Lane> = [],
        estimate: SendWindow.Estimate? = nil,
        at now: Timestamp
    ) {
        lastProgress = now
        window = SendWindow(estimate, at: now)
        for report in reports {
            lanes[report.position.lane] = Progress(
                committed: report.position.sequence,
                durableOffset: report.position.offset,
                sequence: report.position.sequence,
                offset: report.position.offset,
                end: report.end,
                isInDoubt: inDoubt.contains(report.position.lane)
            )
        }
    }

    /// Lanes of which the shore may have more than it has acknowledged.
    package var lanesInFlight: Set<Lane> {
        Set(lanes.filter { $0.value.isInDoubt || !$0.value.inFlight.isEmpty }.keys)
    }

    /// Bytes sent whose durable acknowledgement is missing.
    package var unacknowledgedBytes: Int { unacknowledged }

    /// Everything in the store is committed ashore, as far as the ship knows.
    package var isCaughtUp: Bool {
        stateWasReceived && lanes.values.allSatisfy { $0.committed >= $0.end }
    }

    /// The store holds segments up to (not including) `end`.
    package mutating func segmentsBecameAvailable(_ lane: Lane, end: UInt64) {
        guard let known = lanes[lane]?.end, end > known else { return }
        lanes[lane]?.end = end
    }

    /// The store has no segments of the lane from `end` on (any more): what no session was given may
    /// leave its lane.
    package mutating func segmentsWereWithdrawn(_ lane: Lane, end: UInt64) {
        guard let progress = lanes[lane] else { return }
        lanes[lane]?.end = max(min(progress.end, end), progress.sequence)
    }

    /// What to send next; `nil` when there is nothing or enough is in flight. Lanes go strictly by
    /// priority, chosen anew for every frame, so an event overtakes a backlog of samples; it does
    /// not wait for the window either. While definitions wait and can't be sent, neither can what may
    /// cite them: the shore would have to set it aside.
    ///
    /// - Parameter allowed: lanes that may send now, for all that budgets and windows say.
    package func nextPiece(of allowed: Set<Lane> = Set(Lane.allCases)) -> Piece? {
        guard unacknowledged < Limits.unacknowledgedBytes else { return nil }
        var lacksDefinitions = false
        for lane in Lane.inOrder {
            guard let progress = lanes[lane], progress.sequence < progress.end else { continue }
            if lacksDefinitions, lane.citesCatalogue { continue }
            guard allowed.contains(lane), !progress.isInDoubt else {
                if lane == .catalogue { lacksDefinitions = true }
                continue
            }
            guard lane == .events || window.isOpen else { return nil }
            return Piece(lane: lane, sequence: progress.sequence, offset: progress.offset)
        }
        return nil
    }

    /// Whether more could be sent of a lane than the store has put into it so far.
    package func couldTakeMore(of lane: Lane) -> Bool {
        guard let progress = lanes[lane], unacknowledged < Limits.unacknowledgedBytes else {
            return false
        }
        return !progress.isInDoubt && progress.sequence == progress.end && window.isOpen
    }

    /// The driver sent `count` bytes of `piece`, whose segment is `length` bytes long.
    package mutating func pieceWasSent(_ piece: Piece, count: Int, length: Int, at now: Timestamp) {
        guard var progress = lanes[piece.lane] else { return }
        if unacknowledged == 0 { lastProgress = now }
        let end = piece.offset + UInt64(count)
        precondition(end <= UInt64(length), "a piece can't pass its segment's end")
        progress.inFlight.append((piece.sequence, end, count))
        unacknowledged += count
        window.wasSent(count, at: now)
        sentBytes += count
        if end == UInt64(length) {
            progress.sequence = piece.sequence + 1
            progress.offset = 0
        } else {
            progress.offset = end
        }
        lanes[piece.lane] = progress
    }

    /// The shore told the truth about every lane: go on from there, forwards or backwards.
    ///
    /// Throws when the shore is where this store has never been, or misses what it no longer holds.
    package mutating func stateReceived(
        _ state: ShoreState,
        firstHeld: [Lane: UInt64],
        at now: Timestamp
    ) throws(ProtocolError) -> [Release] {
        var releases: [Release] = []
        for position in state.positions {
            try Self.check(offset: position.offset, position.lane)
            guard var progress = lanes[position.lane] else { continue }
            guard position.sequence <= progress.end else {
                throw ProtocolError(
                    .positionDisagreement,
                    "the shore has \(position.lane) up to segment \(position.sequence), this store "
                        + "only made \(progress.end)"
                )
            }
            if let held = firstHeld[position.lane], position.sequence < held {
                throw ProtocolError(
                    .positionDisagreement,
                    "the shore asks for segment \(position.sequence) of \(position.lane), which "
                        + "it had acknowledged; the oldest aboard is \(held)"
                )
            }
            // Case 1: the truth lies within what this session has sent. The shore takes those bytes
            // as they arrive, so going back would send them twice.
            // Case 2: the shore has less or more than was believed: seek.
            let truth = (position.sequence, position.offset)
            let isWithinSent =
                truth >= (progress.committed, progress.durableOffset)
                && truth <= (progress.sequence, progress.offset)
            if isWithinSent {
                let done = progress.inFlight.prefix { ($0.sequence, $0.end) <= truth }
                unacknowledged -= done.reduce(0) { $0 + $1.count }
                progress.inFlight.removeFirst(done.count)
            } else {
                unacknowledged -= progress.inFlight.reduce(0) { $0 + $1.count }
                progress.inFlight = []
                progress.sequence = position.sequence
                progress.offset = position.offset
            }
            progress.committed = position.sequence
            progress.durableOffset = position.offset
            lanes[position.lane] = progress
            releases.append(
                Release(
                    lane: position.lane,
                    sequence: position.sequence,
                    durableOffset: position.offset,
                    chain: position.chain
                )
            )
        }
        for lane in lanes.keys { lanes[lane]?.isInDoubt = false }
        lastProgress = now
        stateWasReceived = true
        window.stateReceived(isReported: state.reportsReceived)
        return releases
    }

    /// The shore has more than before. Late or repeated acknowledgements change nothing.
    package mutating func acknowledgementReceived(
        _ acknowledgements: [LaneAcknowledgement],
        at now: Timestamp
    ) throws(ProtocolError) -> [Release] {
        var releases: [Release] = []
        for acknowledgement in acknowledgements {
            try Self.check(offset: acknowledgement.durableOffset, acknowledgement.lane)
            guard var progress = lanes[acknowledgement.lane] else { continue }
            let told = (acknowledgement.committed, acknowledgement.durableOffset)
            guard told > (progress.committed, progress.durableOffset) else { continue }
            guard told <= (progress.sequence, progress.offset) else {
                throw ProtocolError(
                    .positionDisagreement,
                    "the shore acknowledges bytes of \(acknowledgement.lane) that were not sent"
                )
            }
            progress.committed = acknowledgement.committed
            progress.durableOffset = acknowledgement.durableOffset
            let done = progress.inFlight.prefix { ($0.sequence, $0.end) <= told }
            unacknowledged -= done.reduce(0) { $0 + $1.count }
            progress.inFlight.removeFirst(done.count)
            lanes[acknowledgement.lane] = progress
            releases.append(
                Release(
                    lane: acknowledgement.lane,
                    sequence: acknowledgement.committed,
                    durableOffset: acknowledgement.durableOffset
                )
            )
        }
        if !releases.isEmpty { lastProgress = now }
        return releases
    }

    /// The shore has received so many payload bytes in this session; they may not be durable yet.
    package mutating func receivedReported(_ total: UInt64, at now: Timestamp) {
        window.wasReceived(total, at: now)
    }

    /// The largest payload that a frame should have now. 16 kB hold an alert up for a second at
    /// 128 kbit/s; a frame takes the link a fifth of a second where its rate is known.
    package var payloadLimit: Int { window.payloadLimit }

    /// What the next session may begin with.
    package var estimate: SendWindow.Estimate? { window.estimate }

    /// Dead by lack of progress: bytes are unacknowledged, and none was acknowledged for
    /// max(20 s, 6 × the round trip, 3 × the time of a frame). Nothing is ever given up by a count
    /// of tries. Until the state has come a minute is allowed: nobody knows the link yet.
    package func isStalled(at now: Timestamp, roundTrip: Duration) -> Bool {
        guard stateWasReceived else { return now - lastProgress > .seconds(60) }
        guard unacknowledged > 0 else { return false }
        let frame = window.rate.map { Double(payloadLimit) / $0 } ?? 0
        let frames = Duration.milliseconds(Int64(min(frame * 3000, 3_600_000)))
        return now - lastProgress > max(.seconds(20), roundTrip * 6, frames)
    }

    /// No segment is longer than this, so no honest offset is.
    private static func check(offset: UInt64, _ lane: Lane) throws(ProtocolError) {
        guard offset <= UInt64(Limits.segmentBytes) else {
            throw ProtocolError(
                .positionDisagreement,
                "the shore speaks of byte \(offset) of a segment of \(lane)"
            )
        }
    }
}
