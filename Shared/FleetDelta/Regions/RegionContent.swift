/// The bytes around a `RegionCoder`: the base's for both directions, the new ones from an encoder, to a decoder.
protocol RegionContent {
    /// The base's bytes at `place ..< place + count`; zeros where it has none.
    mutating func readOld(
        _ place: Int,
        count: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) throws(DeltaError)
    /// What an encoder has next; a decoder leaves `target` alone.
    mutating func readNew(count: Int, into target: UnsafeMutablePointer<UInt8>)
    /// How many bytes (a multiple of `unit`, at most `limit`) from here on are those at `old`. Asked of encoders.
    mutating func run(old: Int, limit: Int, unit: Int) -> Int
    /// The next bytes crossed. An encoder moves on, a decoder writes.
    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) throws(DeltaError)
}
