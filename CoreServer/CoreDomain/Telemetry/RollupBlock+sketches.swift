import FleetModel
import FleetSeries

extension RollupBlock {
    /// Three columns, for all sketches one after the other: twice the number of bins plus whether
    /// they collapsed; keys, the first as its difference to the minimum's, each other to the one
    /// before; counts.
    static func writeSketches(
        _ sketches: [(sketch: DDSketch, min: Double)],
        to writer: inout ByteWriter
    ) {
        var keys = ByteWriter()
        var counts = ByteWriter()
        for (sketch, minimum) in sketches {
            writer.writeVarint(sketch.bins.count * 2 + (sketch.isCollapsed ? 1 : 0))
            var previous = DDSketchKey(minimum).rawValue
            for bin in sketch.bins {
                keys.writeSignedVarint(Int64(bin.key.rawValue) - Int64(previous))
                previous = bin.key.rawValue
                counts.writeVarint(bin.count)
            }
        }
        writer.writeBytes(keys.bytes)
        writer.writeBytes(counts.bytes)
    }

    /// - Parameters:
    ///   - minima: of the rollups that have a sketch.
    ///   - isWanted: of which of them one is made.
    static func readSketches(
        minima: [Double],
        isWanted: (Int) -> Bool,
        _ reader: inout ByteReader
    ) throws -> [DDSketch?] {
        var sizes: [Int] = []
        sizes.reserveCapacity(minima.count)
        for _ in minima { sizes.append(try reader.readCount(limit: 2 * DDSketch.binLimit + 1)) }
        var keys: [Int32] = []
        for (minimum, size) in zip(minima, sizes) {
            var key = Int64(DDSketchKey(minimum.isNaN ? 0 : minimum).rawValue)
            for _ in 0..<size / 2 {
                key &+= try reader.readSignedVarint()
                keys.append(Int32(truncatingIfNeeded: key))
            }
        }
        var place = 0
        return try sizes.enumerated().map { index, size in
            var bins: [DDSketch.Bin] = []
            bins.reserveCapacity(size / 2)
            for _ in 0..<size / 2 {
                let key = DDSketchKey(rawValue: keys[place])
                bins.append(DDSketch.Bin(key: key, count: try reader.readVarint()))
                place += 1
            }
            return isWanted(index) ? DDSketch(bins: bins, isCollapsed: size % 2 == 1) : nil
        }
    }
}

extension SeriesRollup {
    /// The sketch that is written, with what it is written by.
    var sketched: (sketch: DDSketch, min: Double)? {
        guard !isCounter, !min.isNaN, let sketch, !sketch.isEmpty else { return nil }
        return (sketch, min)
    }
}
