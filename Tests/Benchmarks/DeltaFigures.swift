/// What `delta` prints. Names as scripts like them.
struct DeltaFigures: Encodable {
    struct Share: Encodable {
        let content: Int
        let coded: Int
    }

    /// The whole delta.
    let bytes: Int
    /// The way of telling that takes most of it.
    let method: String
    let new_bytes: Int
    /// Of the new bytes, in files that are held whole.
    let held_bytes: Int
    /// Names, sizes, modes and sources of the files.
    let listing_bytes: Int
    let methods: [String: Share]
    let encode_cpu_seconds: Double
    let decode_cpu_seconds: Double
    /// By the clock, from the process' start to its end.
    let decode_seconds: Double
    /// Resident, of a process that does nothing else.
    let decode_peak_bytes: Int
    let peers: [String: Int]?
}
