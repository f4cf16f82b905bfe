import FleetModel

/// The shore's side of a session's data: puts pieces of segments together, and never takes a byte
/// twice, whatever the ship guessed.
package struct ReceiveSession: Sendable {
    /// A whole segment, as the ship sealed it.
    package struct Segment: Sendable, Equatable {
        package let lane: Lane
        package let sequence: UInt64
        package let recordCount: UInt64
        package let bytes: [UInt8]

        package init(lane: Lane, sequence: UInt64, recordCount: UInt64, bytes: [UInt8]) {
            self.lane = lane
            self.sequence = sequence
            self.recordCount = recordCount
            self.bytes = bytes
        }
    }

    /// Bytes of an unfinished segment that are not durable yet.
    package struct Partial: Sendable, Equatable {
        package let lane: Lane
        package let sequence: UInt64
        package let offset: UInt64
        package let bytes: [UInt8]

        package init(lane: Lane, sequence: UInt64, offset: UInt64, bytes: [UInt8]) {
            self.lane = lane
            self.sequence = sequence
            self.offset = offset
            self.bytes = bytes
        }
    }

    private struct Assembly {
        var sequence: UInt64
        var bytes: [UInt8]
        /// How many of `bytes` are durable.
        var durable: Int
    }

    private var lanes: [Lane: Assembly] = [:]

    /// Bytes that came although the shore had them, or out of their place: the cost of a wrong
    /// guess, at most one round trip's worth per connection.
    package private(set) var wastedBytes = 0

    /// - Parameter staged: for lanes with a durable part of an unfinished segment, those bytes.
    package init(positions: [LanePosition], staged: [Lane: [UInt8]]) {
        for position in positions {
            let bytes = staged[position.lane] ?? []
            precondition(bytes.count == Int(position.offset), "a position counts its staged bytes")
            lanes[position.lane] = Assembly(
                sequence: position.sequence,
                bytes: bytes,
                durable: bytes.count
            )
        }
    }

    /// Takes one piece; returns the segment when the piece completes it.
    package mutating func dataReceived(_ frame: DataFrame) throws(ProtocolError) -> Segment? {
        guard var assembly = lanes[frame.lane] else {
            throw ProtocolError(.unknownLane, "lane \(frame.lane) was not in the hello")
        }
        let (end, overflow) = frame.offset.addingReportingOverflow(UInt64(frame.payload.count))
        guard !overflow, end <= UInt64(Limits.segmentBytes) else {
            throw ProtocolError(
                .segmentTooLong,
                "a segment of \(frame.lane) is longer than \(Limits.segmentBytes) bytes"
            )
        }
        let have = UInt64(assembly.bytes.count)
        // Case 1: a segment that is whole already, or one after a hole. The ship will learn the
        // truth from the state and come back to the right place.
        // Case 2: this segment, but bytes that are here already or after a hole.
        guard frame.sequence == assembly.sequence, frame.offset <= have, end > have else {
            wastedBytes += frame.payload.count
            return nil
        }
        let known = Int(have - frame.offset)
        wastedBytes += known
        assembly.bytes.append(contentsOf: frame.payload[known...])
        guard let recordCount = frame.recordCount else {
            lanes[frame.lane] = assembly
            return nil
        }
        let segment = Segment(
            lane: frame.lane,
            sequence: frame.sequence,
            recordCount: recordCount,
            bytes: assembly.bytes
        )
        lanes[frame.lane] = Assembly(sequence: assembly.sequence + 1, bytes: [], durable: 0)
        return segment
    }

    /// Bytes of unfinished segments that are not durable.
    package var undurableBytes: Int {
        lanes.values.reduce(0) { $0 + $1.bytes.count - $1.durable }
    }

    /// Hands out what is not durable yet; the caller makes it durable before it acknowledges.
    package mutating func takePartials() -> [Partial] {
        var partials: [Partial] = []
        for lane in lanes.keys.sorted(by: { $0.priority < $1.priority }) {
            guard let assembly = lanes[lane], assembly.durable < assembly.bytes.count else {
                continue
            }
            partials.append(
                Partial(
                    lane: lane,
                    sequence: assembly.sequence,
                    offset: UInt64(assembly.durable),
                    bytes: Array(assembly.bytes[assembly.durable...])
                )
            )
            lanes[lane]?.durable = assembly.bytes.count
        }
        return partials
    }
}
