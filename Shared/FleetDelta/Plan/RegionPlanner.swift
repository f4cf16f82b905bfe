/// Divides new content into regions: what of the base each part is most like.
///
/// The search is bsdiff's (Colin Percival, 2003): a place of the base stays the counterpart, over any number of
/// bytes that differ, until another place matches clearly better; then both are extended toward each other as
/// long as more than half of the bytes agree.
struct RegionPlanner {
    private let old: Bytes
    private let new: Bytes
    private let index: MatchIndex
    private let depth: Int
    private let gain: Int

    private(set) var regions: [Region] = []
    private var isFileStart = true

    init(old: Bytes, new: Bytes, index: MatchIndex, depth: Int = 12, gain: Int = 12) {
        self.old = old
        self.new = new
        self.index = index
        self.depth = depth
        self.gain = gain
    }

    private static let resumption = 32

    /// Regions end where files do.
    mutating func beginFile() { isFileStart = true }

    /// - Parameter counterpart: where in the base the content of `range` probably begins; `nil` if nowhere.
    mutating func plan(_ range: Range<Int>, counterpart: Int?) {
        let end = range.upperBound
        var offset = (counterpart ?? 0) - range.lowerBound
        var isAligned = counterpart != nil
        var start = range.lowerBound
        var place = start
        while place < end {
            if isAligned { place += run(place, offset, end) }
            guard place < end else { break }
            // They part here. Another place, or does this one go on?
            var next = place
            var agreeing = 0
            var match = (old: 0, length: 0)
            var found = false
            while next < end {
                if isAligned, next + offset < old.count, next + offset >= 0,
                    old.start[next + offset] == new.start[next]
                {
                    agreeing += 1
                    if agreeing >= Self.resumption { break }
                } else {
                    agreeing = 0
                }
                let candidate = index.longest(new, next, expected: next + offset, depth: depth)
                if candidate.length >= MatchIndex.width {
                    let length = min(candidate.length, end - next)
                    if candidate.old - next != offset || !isAligned {
                        let already = isAligned ? agreement(next, offset, length) : 0
                        if length - already >= gain {
                            match = (candidate.old, length)
                            found = true
                            break
                        }
                    }
                }
                next += 1
            }
            guard found else {
                if next >= end { break }
                place = next + 1
                continue
            }
            let other = match.old - next
            // Both reach into what lies between.
            var forward = isAligned ? forwardReach(place, next, offset) : 0
            var backward = backwardReach(place, next, other)
            if forward + backward > next - place {
                let overlap = forward + backward - (next - place)
                let split = bestSplit(next - backward, overlap, offset, other)
                forward = forward - overlap + split
                backward -= split
            }
            close(start, place + forward, offset, isAligned)
            let begin = next - backward
            if begin > place + forward { add(.literal, begin - place - forward, 0) }
            start = begin
            offset = other
            isAligned = true
            place = next + match.length
        }
        // The last region's rest.
        let reach = isAligned ? place >= end ? 0 : forwardReach(place, end, offset) : 0
        let last = min(place, end) + reach
        close(start, last, offset, isAligned)
        if last < end { add(.literal, end - max(last, start), 0) }
    }

    private mutating func close(_ start: Int, _ end: Int, _ offset: Int, _ isAligned: Bool) {
        guard end > start else { return }
        if isAligned {
            add(.aligned, end - start, start + offset)
        } else {
            add(.literal, end - start, 0)
        }
    }

    mutating func add(_ kind: Region.Kind, _ length: Int, _ old: Int) {
        if kind == .literal, !isFileStart, let last = regions.last, last.kind == .literal {
            regions[regions.count - 1].length += length
        } else {
            regions.append(Region(kind: kind, length: length, old: old))
        }
        isFileStart = false
    }

    @inline(__always)
    private func run(_ place: Int, _ offset: Int, _ end: Int) -> Int {
        guard place + offset >= 0 else { return 0 }
        return new.common(place, old, place + offset, limit: end - place)
    }

    @inline(__always)
    private func isSame(_ place: Int, _ offset: Int) -> Bool {
        let there = place &+ offset
        return there >= 0 && there < old.count && old.start[there] == new.start[place]
    }

    private func agreement(_ place: Int, _ offset: Int, _ length: Int) -> Int {
        var count = 0
        for index in 0..<min(length, 4096) where isSame(place + index, offset) { count += 1 }
        return count
    }

    private func forwardReach(_ place: Int, _ end: Int, _ offset: Int) -> Int {
        var best = 0
        var bestLength = 0
        var score = 0
        for index in 0..<(end - place) {
            score += isSame(place + index, offset) ? 1 : -1
            if score > best {
                best = score
                bestLength = index + 1
            }
            if score < best - 256 { break }
        }
        return bestLength
    }

    private func backwardReach(_ place: Int, _ next: Int, _ offset: Int) -> Int {
        var best = 0
        var bestLength = 0
        var score = 0
        var length = 1
        while length <= next - place, next - length + offset >= 0 {
            score += isSame(next - length, offset) ? 1 : -1
            if score > best {
                best = score
                bestLength = length
            }
            if score < best - 256 { break }
            length += 1
        }
        return bestLength
    }

    /// How many of the `length` bytes from `place` on the former counterpart keeps.
    private func bestSplit(_ place: Int, _ length: Int, _ former: Int, _ other: Int) -> Int {
        var best = 0
        var split = 0
        var score = 0
        for index in 0..<length {
            if isSame(place + index, former) { score += 1 }
            if isSame(place + index, other) { score -= 1 }
            if score > best {
                best = score
                split = index + 1
            }
        }
        return split
    }
}
