import FleetModel
import FleetProtocol
import Testing

struct ReceiveSessionTests {
    private func session(
        sequence: UInt64 = 0,
        staged: [UInt8] = []
    ) -> ReceiveSession {
        ReceiveSession(
            positions: [
                LanePosition(lane: .metrics, sequence: sequence, offset: UInt64(staged.count))
            ],
            staged: [.metrics: staged]
        )
    }

    private func piece(
        _ sequence: UInt64,
        _ offset: UInt64,
        _ payload: [UInt8],
        last: UInt64? = nil,
        lane: Lane = .metrics
    ) -> DataFrame {
        DataFrame(
            lane: lane,
            sequence: sequence,
            offset: offset,
            recordCount: last,
            payload: payload
        )
    }

    @Test func `pieces in order give the segment with its count`() throws {
        var session = session()
        #expect(try session.dataReceived(piece(0, 0, [1, 2])) == nil)
        #expect(
            try session.dataReceived(piece(0, 2, [3], last: 9))
                == ReceiveSession.Segment(
                    lane: .metrics,
                    sequence: 0,
                    recordCount: 9,
                    bytes: [1, 2, 3]
                )
        )
        #expect(session.wastedBytes == 0)
    }

    @Test func `a byte that is here already is not taken twice`() throws {
        var session = session(staged: [1, 2])
        let segment = try session.dataReceived(piece(0, 0, [1, 2, 3], last: 1))
        #expect(segment?.bytes == [1, 2, 3])
        #expect(session.wastedBytes == 2)
    }

    @Test func `a piece that brings nothing new is wasted`() throws {
        var session = session(staged: [1, 2])
        #expect(try session.dataReceived(piece(0, 1, [2])) == nil)
        #expect(session.wastedBytes == 1)
        #expect(session.undurableBytes == 0)
    }

    @Test func `a piece after a hole is not taken`() throws {
        var session = session()
        #expect(try session.dataReceived(piece(0, 5, [6], last: 1)) == nil)
        #expect(try session.dataReceived(piece(0, 0, [1], last: 1))?.bytes == [1])
    }

    @Test func `pieces of a segment that is whole or not next are not taken`() throws {
        var session = session(sequence: 4)
        #expect(try session.dataReceived(piece(3, 0, [1], last: 1)) == nil)
        #expect(try session.dataReceived(piece(5, 0, [1], last: 1)) == nil)
        #expect(session.wastedBytes == 2)
    }

    @Test func `a lane that the hello did not name is refused`() {
        var session = session()
        #expect {
            try session.dataReceived(piece(0, 0, [1], lane: .events))
        } throws: {
            ($0 as? ProtocolError)?.code == .unknownLane
        }
    }

    @Test(arguments: [UInt64(Limits.segmentBytes), .max])
    func `a segment beyond its limit is refused at once`(offset: UInt64) {
        var session = session()
        #expect {
            try session.dataReceived(piece(0, offset, [1]))
        } throws: {
            ($0 as? ProtocolError)?.code == .segmentTooLong
        }
    }

    @Test func `each byte is handed out to be made durable once`() throws {
        var session = session(staged: [1])
        _ = try session.dataReceived(piece(0, 1, [2, 3]))
        #expect(session.undurableBytes == 2)
        let expected = ReceiveSession.Partial(
            lane: .metrics,
            sequence: 0,
            offset: 1,
            bytes: [2, 3]
        )
        #expect(session.takePartials() == [expected])
        #expect(session.undurableBytes == 0)
        #expect(session.takePartials() == [])
    }
}
