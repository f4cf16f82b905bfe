/// A listing that is decoded: the base's in memory, the new one into memory.
struct ListingContent: RegionContent {
    let old: [UInt8]
    var new: [UInt8] = []

    func readOld(_ place: Int, count: Int, into target: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count {
            let at = place + index
            target[index] = at >= 0 && at < old.count ? old[at] : 0
        }
    }

    func readNew(count: Int, into target: UnsafeMutablePointer<UInt8>) {}

    func run(old: Int, limit: Int, unit: Int) -> Int { 0 }

    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) {
        new.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    }
}
