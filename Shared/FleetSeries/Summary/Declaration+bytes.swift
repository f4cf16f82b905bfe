import FleetModel

extension Declaration {
    private static let nothingLeft: UInt8 = 0xFF

    func write(to writer: inout ByteWriter) throws(SegmentError) {
        writer.writeByte(lane.rawValue)
        writer.writeByte(was.rawValue)
        writer.writeByte(rung?.rawValue ?? Self.nothingLeft)
        writer.writeSignedVarint(from.milliseconds)
        writer.writeSignedVarint(to.milliseconds &- from.milliseconds)
        writer.writeSignedVarint(at.milliseconds &- to.milliseconds)
        writer.writeVarint(samples)
        // 0 for all series, else how many, then the first.
        if let series {
            writer.writeVarint(
                UInt64(series.upperBound.rawValue - series.lowerBound.rawValue) + 1
            )
            writer.writeVarint(UInt64(series.lowerBound.rawValue))
        } else {
            writer.writeVarint(0)
        }
        writer.writeByte(reason.code)
        guard case .refused(let text) = reason else { return }
        guard text.utf8.count <= SummarySegment.reasonBytes else {
            throw SegmentError(.aboveLimit, "a reason of \(text.utf8.count) bytes")
        }
        writer.writeText(text)
    }

    init(from reader: inout ByteReader) throws(ByteError) {
        let lane = try Lane(from: &reader)
        let was = try reader.readRung()
        let left = try reader.readByte()
        guard left == Self.nothingLeft || Rung(rawValue: left) != nil else {
            throw .aboveLimit(value: UInt64(left), limit: Int(Rung.counts.rawValue))
        }
        let from = try reader.readSignedVarint()
        let to = from &+ (try reader.readSignedVarint())
        let at = to &+ (try reader.readSignedVarint())
        let samples = try reader.readVarint()
        let count = try reader.readCount(limit: Int(Limits.seriesPerShip))
        var series: ClosedRange<SeriesNumber>?
        if count > 0 {
            let first = try reader.readCount(limit: Int(Limits.seriesPerShip) - count)
            series = SeriesNumber(UInt32(first))...SeriesNumber(UInt32(first + count - 1))
        }
        let code = try reader.readByte()
        let reason: Reason =
            switch code {
            case 0: .budget
            case 1: .disk
            case 2: .age
            case 3: .refused(try reader.readText(limit: SummarySegment.reasonBytes))
            case 4: .restored
            case 5: .recalled
            default: throw .aboveLimit(value: UInt64(code), limit: 5)
            }
        self.init(
            lane: lane,
            from: Timestamp(milliseconds: from),
            to: Timestamp(milliseconds: to),
            series: series,
            was: was,
            rung: Rung(rawValue: left),
            samples: samples,
            reason: reason,
            at: Timestamp(milliseconds: at)
        )
    }
}

extension Declaration.Reason {
    fileprivate var code: UInt8 {
        switch self {
        case .budget: 0
        case .disk: 1
        case .age: 2
        case .refused: 3
        case .restored: 4
        case .recalled: 5
        }
    }
}

extension Lane {
    init(from reader: inout ByteReader) throws(ByteError) {
        let number = try reader.readByte()
        guard let lane = Lane(rawValue: number) else {
            throw .aboveLimit(value: UInt64(number), limit: Lane.allCases.count)
        }
        self = lane
    }
}

extension ByteReader {
    fileprivate mutating func readRung() throws(ByteError) -> Rung {
        let number = try readByte()
        guard let rung = Rung(rawValue: number) else {
            throw .aboveLimit(value: UInt64(number), limit: Int(Rung.counts.rawValue))
        }
        return rung
    }
}
