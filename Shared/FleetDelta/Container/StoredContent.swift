/// A decoder's bytes: the base's from disk, the new ones to disk.
struct StoredContent: RegionContent {
    let base: BaseReader
    var output: DeltaOutput

    func readOld(
        _ place: Int,
        count: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) throws(DeltaError) {
        try base.read(place, count: count, into: target)
    }

    func readNew(count: Int, into target: UnsafeMutablePointer<UInt8>) {}

    func run(old: Int, limit: Int, unit: Int) -> Int { 0 }

    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) throws(DeltaError) {
        try output.put(bytes, count: count)
    }
}
