import FleetModel
import FleetProtocol
import Testing

struct UploadSessionTests {
    private static let start = Timestamp(seconds: 1_000_000)

    private func session(
        sequence: UInt64 = 5,
        offset: UInt64 = 0,
        end: UInt64 = 8,
        lanes: [Lane] = [.metrics]
    ) -> UploadSession {
        UploadSession(
            lanes: lanes.map { lane in
                Hello.LaneReport(
                    position: LanePosition(lane: lane, sequence: sequence, offset: offset),
                    firstHeld: sequence,
                    end: end
                )
            },
            at: Self.start
        )
    }

    private func piece(_ sequence: UInt64, _ offset: UInt64) -> UploadSession.Piece {
        UploadSession.Piece(lane: .metrics, sequence: sequence, offset: offset)
    }

    private func state(_ sequence: UInt64, _ offset: UInt64) -> ShoreState {
        ShoreState(
            version: 1,
            at: Self.start,
            positions: [LanePosition(lane: .metrics, sequence: sequence, offset: offset)],
            catalogueWatermark: 0,
            renewCertificate: false
        )
    }

    private func acknowledgement(_ sequence: UInt64, _ offset: UInt64) -> [LaneAcknowledgement] {
        [LaneAcknowledgement(lane: .metrics, committed: sequence, durableOffset: offset)]
    }

    /// Sends a whole segment of 100 bytes.
    private func send(_ count: Int = 100, of session: inout UploadSession) throws {
        let piece = try #require(session.nextPiece())
        session.pieceWasSent(piece, count: count, length: 100, at: Self.start)
    }

    @Test func `data go before the state is heard, from the believed position`() {
        #expect(session(sequence: 5, offset: 40).nextPiece() == piece(5, 40))
    }

    @Test func `an event overtakes a backlog of samples`() throws {
        var session = UploadSession(
            lanes: Lane.allCases.map { lane in
                Hello.LaneReport(
                    position: LanePosition(lane: lane),
                    firstHeld: 0,
                    end: lane == .events ? 0 : 9
                )
            },
            at: Self.start
        )
        #expect(session.nextPiece()?.lane == .catalogue)
        session.segmentsBecameAvailable(.events, end: 1)
        #expect(session.nextPiece()?.lane == .events)
        try send(of: &session)
        #expect(session.nextPiece()?.lane == .catalogue)
    }

    @Test(arguments: Lane.allCases)
    func `what may cite definitions waits until they can be sent`(lane: Lane) {
        let lanes = Set([.catalogue, lane]).map { lane in
            Hello.LaneReport(position: LanePosition(lane: lane), firstHeld: 0, end: 9)
        }
        let isFree = [.events, .logs].contains(lane) ? lane : nil
        let session = UploadSession(lanes: lanes, inDoubt: [.catalogue], at: Self.start)
        #expect(session.nextPiece()?.lane == isFree)
        let certain = UploadSession(lanes: lanes, at: Self.start)
        #expect(certain.nextPiece(of: [lane])?.lane == (lane == .catalogue ? .catalogue : isFree))
    }

    @Test func `an acknowledgement lets the ship forget what is committed`() throws {
        var session = session()
        try send(of: &session)
        try send(of: &session)
        let releases = try session.acknowledgementReceived(acknowledgement(6, 0), at: Self.start)
        #expect(
            releases == [UploadSession.Release(lane: .metrics, sequence: 6, durableOffset: 0)]
        )
        #expect(session.unacknowledgedBytes == 100)
    }

    @Test func `late and repeated acknowledgements change nothing`() throws {
        var session = session()
        for _ in 0..<3 { try send(of: &session) }
        _ = try session.acknowledgementReceived(acknowledgement(7, 0), at: Self.start)
        for late in [acknowledgement(6, 0), acknowledgement(7, 0), acknowledgement(5, 90)] {
            #expect(try session.acknowledgementReceived(late, at: Self.start).isEmpty)
        }
        #expect(session.unacknowledgedBytes == 100)
    }

    @Test(arguments: [(UInt64(6), UInt64(0)), (5, 51), (8, 0)])
    func `bytes acknowledged that were not sent are refused`(
        sequence: UInt64,
        offset: UInt64
    ) throws {
        var session = session()
        try send(50, of: &session)
        #expect {
            try session.acknowledgementReceived(acknowledgement(sequence, offset), at: Self.start)
        } throws: {
            ($0 as? ProtocolError)?.code == .positionDisagreement
        }
    }

    @Test func `a state behind the belief brings the ship back to the truth`() throws {
        var session = session(sequence: 5, offset: 60)
        try send(40, of: &session)
        let releases = try session.stateReceived(state(5, 20), firstHeld: [:], at: Self.start)
        #expect(session.nextPiece() == piece(5, 20))
        #expect(session.unacknowledgedBytes == 0)
        #expect(releases.first?.durableOffset == 20)
    }

    @Test func `a state ahead of what was sent skips what the shore has`() throws {
        var session = session()
        try send(of: &session)
        _ = try session.stateReceived(state(7, 30), firstHeld: [:], at: Self.start)
        #expect(session.nextPiece() == piece(7, 30))
    }

    @Test func `what was sent in hope is not sent again when the state confirms it`() throws {
        var session = session()
        try send(of: &session)
        try send(30, of: &session)
        _ = try session.stateReceived(state(5, 10), firstHeld: [:], at: Self.start)
        #expect(session.nextPiece() == piece(6, 30))
        #expect(session.unacknowledgedBytes == 130)
    }

    @Test func `a state within what was sent counts what it confirms`() throws {
        var session = session()
        try send(of: &session)
        try send(30, of: &session)
        _ = try session.stateReceived(state(6, 0), firstHeld: [:], at: Self.start)
        #expect(session.unacknowledgedBytes == 30)
    }

    @Test func `a shore that is where this store has never been is refused`() {
        var session = session()
        #expect {
            try session.stateReceived(state(9, 0), firstHeld: [:], at: Self.start)
        } throws: {
            ($0 as? ProtocolError)?.code == .positionDisagreement
        }
    }

    @Test func `a shore that misses what the ship no longer holds is refused`() {
        var session = session()
        #expect {
            try session.stateReceived(state(4, 0), firstHeld: [.metrics: 5], at: Self.start)
        } throws: {
            ($0 as? ProtocolError)?.code == .positionDisagreement
        }
    }

    @Test func `bytes in flight are bounded`() throws {
        var session = session(end: 1_000_000)
        // A shore that reports nothing of what it has received.
        _ = try session.stateReceived(state(5, 0), firstHeld: [:], at: Self.start)
        var sent = 0
        while let piece = session.nextPiece() {
            session.pieceWasSent(piece, count: 16_384, length: 16_384, at: Self.start)
            sent += 16_384
        }
        #expect(sent == Limits.unacknowledgedBytes)
        _ = try session.acknowledgementReceived(acknowledgement(6, 0), at: Self.start)
        #expect(session.nextPiece() != nil)
    }

    @Test func `a session is caught up when all is committed, not when all is sent`() throws {
        var session = session(end: 6)
        _ = try session.stateReceived(state(5, 0), firstHeld: [:], at: Self.start)
        try send(of: &session)
        #expect(session.nextPiece() == nil)
        #expect(!session.isCaughtUp)
        _ = try session.acknowledgementReceived(acknowledgement(6, 0), at: Self.start)
        #expect(session.isCaughtUp)
    }

    @Test func `a shore that never answers the hello is dead after a minute`() {
        let session = session(end: 5)
        #expect(!session.isStalled(at: Self.start + .seconds(60), roundTrip: .zero))
        #expect(session.isStalled(at: Self.start + .milliseconds(60_001), roundTrip: .zero))
    }

    @Test func `a long round trip is given its time`() throws {
        var session = session()
        _ = try session.stateReceived(state(5, 0), firstHeld: [:], at: Self.start)
        try send(of: &session)
        let later = Self.start + .seconds(29)
        #expect(!session.isStalled(at: later, roundTrip: .seconds(5)))
        #expect(session.isStalled(at: later, roundTrip: .seconds(4)))
    }

    @Test func `silence is no stall while nothing is unacknowledged`() throws {
        var session = session()
        _ = try session.stateReceived(state(5, 0), firstHeld: [:], at: Self.start)
        let later = Self.start + .seconds(3600)
        #expect(!session.isStalled(at: later, roundTrip: .zero))
        let next = try #require(session.nextPiece())
        session.pieceWasSent(next, count: 1, length: 100, at: later)
        #expect(!session.isStalled(at: later + .seconds(20), roundTrip: .zero))
        #expect(session.isStalled(at: later + .seconds(21), roundTrip: .zero))
    }
}
