/// What a delta may ask for, at most. A decoder checks each before it takes memory for it.
package enum DeltaLimits {
    /// Files of one artifact; the registry's limit for a version.
    package static let files = 100_000
    /// Bytes of a path; Linux' own limit.
    package static let pathLength = 4096
    /// Bytes of a listing, which is held in memory.
    package static let listing = 8 << 20
    /// Bytes of one artifact.
    package static let treeSize = 1 << 40
    /// New bytes in one frame: what a decoder that was killed may have to do again.
    package static let frame = 64 << 20
}
