import Glibc

/// How far a decoder came: what `progress` beside a half-built tree says.
struct DecoderProgress {
    /// SHA-256 of the delta; another one begins anew.
    let delta: [UInt8]
    /// Behind the last whole frame, in the delta; 0 before the first.
    var offset = 0
    /// New bytes that are on disk.
    var written = 0

    private static let size = 48

    init(of delta: [UInt8]) { self.delta = delta }

    /// What a file says; the beginning if there is none, or one of another delta.
    static func read(_ path: String, of delta: [UInt8]) throws(DeltaError) -> DecoderProgress {
        var progress = DecoderProgress(of: delta)
        guard let bytes = try FileBytes.small(path, limit: size), bytes.count == size,
            Array(bytes.prefix(32)) == delta
        else { return progress }
        func number(_ range: Range<Int>) -> Int {
            Int(truncatingIfNeeded: bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        progress.offset = number(32..<40)
        progress.written = number(40..<48)
        return progress
    }

    func write(_ path: String) throws(DeltaError) {
        var bytes = delta
        for value in [offset, written] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        try FileBytes.replace(path, with: bytes)
    }
}
