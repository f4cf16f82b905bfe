/// How far apart records lie in content that has them: tables of programs, trees of decisions.
enum RecordPeriod {
    private static let shortest = 4
    /// Bytes to look at.
    private static let sample = 100_000

    /// The distance at which the bytes that have to be coded most often come again; 0 if at none often enough
    /// to be no accident.
    ///
    /// Zeros, and bytes like the one before, come again everywhere and don't count.
    static func find(_ regions: ArraySlice<Region>, from start: Int, new: Bytes, old: Bytes) -> Int
    {
        let reach = FrameParameters.largestPeriod
        var equal = [Int](repeating: 0, count: reach + 1)
        var seen = 0
        let hard = regions.reduce(0) { $0 + ($1.kind == .aligned ? $1.length / 8 : $1.length) }
        let skip = max(1, hard / (4 * sample))
        var place = start
        for (number, region) in regions.enumerated() {
            defer { place += region.length }
            guard number % skip == 0, seen < sample else { continue }
            for at in max(
                place,
                reach
            )..<max(place, reach, min(place + region.length, place + 4096)) {
                let byte = new.start[at]
                guard byte != 0, byte != new.start[at - 1] else { continue }
                if region.kind != .literal {
                    let there = region.old + at - place
                    guard there >= old.count || old.start[there] != byte else { continue }
                }
                seen += 1
                for distance in shortest...reach where new.start[at - distance] == byte {
                    equal[distance] += 1
                }
            }
        }
        var best = shortest
        for distance in shortest...reach where equal[distance] > equal[best] { best = distance }
        // Two records on is as like as one: the shorter one has more to say.
        for distance in shortest..<best
        where best % distance == 0 && equal[distance] * 5 > equal[best] * 4 {
            best = distance
            break
        }
        let mean = equal.reduce(0, +) / (reach - shortest + 1)
        guard seen > 64, equal[best] * 20 > seen, equal[best] * 2 > mean * 3 else { return 0 }
        return best
    }
}
