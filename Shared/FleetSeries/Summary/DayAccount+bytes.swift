import FleetModel

extension DayAccount {
    func write(to writer: inout ByteWriter) {
        writer.writeByte(lane.rawValue)
        writer.writeSignedVarint(Int64(day))
        writer.writeVarint(produced)
        writer.writeVarint(degraded)
        writer.writeVarint(lost)
    }

    init(from reader: inout ByteReader) throws(ByteError) {
        let lane = try Lane(from: &reader)
        let day = try reader.readSignedVarint()
        guard let day = Int32(exactly: day) else {
            throw .aboveLimit(value: day.magnitude, limit: Int(Int32.max))
        }
        self.init(
            lane: lane,
            day: day,
            produced: try reader.readVarint(),
            degraded: try reader.readVarint(),
            lost: try reader.readVarint()
        )
    }
}
