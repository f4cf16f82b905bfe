/// Strings in the order of their first use, each once, front coded: how many bytes it shares with
/// the string before, then the rest.
struct StringTable {
    private(set) var strings: [String] = []
    /// By bytes: `String ==` takes texts for equal that only look the same.
    private var places: [[UInt8]: Int] = [:]

    /// The string's place; a new string gets the next.
    mutating func place(of string: String) -> Int {
        let bytes = Array(string.utf8)
        if let place = places[bytes] { return place }
        places[bytes] = strings.count
        strings.append(string)
        return strings.count - 1
    }

    func write(to writer: inout ByteWriter) {
        writer.writeVarint(strings.count)
        var previous: [UInt8] = []
        var lengths = ByteWriter()
        var rests = ByteWriter()
        for string in strings {
            let bytes = Array(string.utf8)
            let shared = zip(previous, bytes).prefix { $0 == $1 }.count
            writer.writeVarint(shared)
            lengths.writeVarint(bytes.count - shared)
            rests.writeBytes(bytes[shared...])
            previous = bytes
        }
        writer.writeBytes(lengths.bytes)
        writer.writeBytes(rests.bytes)
    }

    /// Throws for a string above `limit` bytes or not in UTF-8, and when all strings together,
    /// written out, exceed `totalLimit`.
    static func read(
        from reader: inout ByteReader,
        limit: Int,
        totalLimit: Int
    ) throws(ByteError) -> [String] {
        // Every string takes at least two bytes: its two lengths.
        let count = try reader.readCount(limit: reader.remaining / 2)
        var shared: [Int] = []
        var own: [Int] = []
        shared.reserveCapacity(count)
        own.reserveCapacity(count)
        for _ in 0..<count { shared.append(try reader.readCount(limit: limit)) }
        for _ in 0..<count { own.append(try reader.readCount(limit: limit)) }
        var strings: [String] = []
        strings.reserveCapacity(count)
        var previous: [UInt8] = []
        var total = 0
        for index in 0..<count {
            guard shared[index] <= previous.count else { throw .truncated }
            let length = shared[index] + own[index]
            total += length
            guard length <= limit else { throw .aboveLimit(value: UInt64(length), limit: limit) }
            guard total <= totalLimit else {
                throw .aboveLimit(value: UInt64(total), limit: totalLimit)
            }
            previous.removeLast(previous.count - shared[index])
            previous.append(contentsOf: try reader.readBytes(own[index]))
            guard let text = String(validating: previous, as: UTF8.self) else { throw .notUTF8 }
            strings.append(text)
        }
        return strings
    }
}
