import Glibc

/// What an encoder reads: both contents in memory.
struct MappedContent: RegionContent {
    let old: Bytes
    let new: Bytes
    var position = 0

    func readOld(_ place: Int, count: Int, into target: UnsafeMutablePointer<UInt8>) {
        let from = min(max(place, 0), old.count)
        let to = min(max(place + count, 0), old.count)
        if to - from < count { target.initialize(repeating: 0, count: count) }
        guard to > from else { return }
        (target + (from - place)).update(from: old.start + from, count: to - from)
    }

    func readNew(count: Int, into target: UnsafeMutablePointer<UInt8>) {
        target.update(from: new.start + position, count: count)
    }

    func run(old place: Int, limit: Int, unit: Int) -> Int {
        let length = new.common(position, old, place, limit: limit)
        return length - length % unit
    }

    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) {
        position += count
    }
}
