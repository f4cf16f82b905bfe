/// Reads a tar as it comes, one file after the other, in bounded memory. What is more than files and
/// directories is refused, not skipped: nobody takes for stored what is not.
actor TarReader<Source: AsyncSequence & Sendable> where Source.Element == [UInt8] {
    /// A file, whose bytes come next.
    struct Entry: Sendable {
        let name: String
        let size: Int64
    }

    private var source: Source.AsyncIterator
    private var buffer: [UInt8] = []
    private var place = 0
    /// Bytes of the present file that were not read, and of the padding behind it.
    private var left: Int64 = 0
    private var padding = 0
    /// Headers that were read: directories cost nothing else.
    private var headers = 0

    init(_ source: Source) { self.source = source.makeAsyncIterator() }

    /// The next file; nil at the end.
    ///
    /// - Throws: `RegistryError` `invalid`.
    func next() async throws -> Entry? {
        while left > 0 { _ = try await bytes() }
        try await skip(padding)
        padding = 0
        var name: String?
        var size: Int64?
        while true {
            let block = try await take(TarHeader.bytes)
            guard let header = try TarHeader(block) else {
                try await drain()
                return nil
            }
            headers += 1
            guard headers <= TarLimits.headers else {
                throw TarHeader.malformed("it has more than \(TarLimits.headers) headers")
            }
            switch header.kind {
            case .records:
                (name, size) = try TarRecords.read(await extra(header)).over(name, size)
            case .recordsOfAll:
                try TarRecords.read(await extra(header)).requireNothing()
            case .longName:
                let bytes = try await extra(header).prefix { $0 != 0 }
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw TarHeader.malformed("a name is not UTF-8")
                }
                name = text
            case .directory:
                guard header.size == 0 else { throw TarHeader.malformed("a directory has bytes") }
                (name, size) = (nil, nil)
            case .other(let what):
                let shown = (name ?? header.name).prefix(200).debugDescription
                throw RegistryError.invalid(
                    "the tar has \(what), \(shown): a bundle has files and directories alone"
                )
            case .file:
                let entry = Entry(name: name ?? header.name, size: size ?? header.size)
                left = entry.size
                padding = Self.padding(entry.size)
                return entry
            }
        }
    }

    /// Of the present file, in pieces; nil at its end.
    func bytes() async throws -> [UInt8]? {
        guard left > 0 else { return nil }
        try await fill()
        let count = Int(min(left, Int64(buffer.count - place)))
        defer { place += count }
        left -= Int64(count)
        return Array(buffer[place..<(place + count)])
    }

    private static func padding(_ size: Int64) -> Int {
        Int((Int64(TarHeader.bytes) - size % Int64(TarHeader.bytes)) % Int64(TarHeader.bytes))
    }

    private func extra(_ header: TarHeader) async throws -> [UInt8] {
        guard header.size <= TarLimits.extraBytes else {
            throw TarHeader.malformed("a name is too long")
        }
        let bytes = try await take(Int(header.size))
        try await skip(Self.padding(header.size))
        return bytes
    }

    private func take(_ count: Int) async throws -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count {
            try await fill()
            let more = min(count - taken.count, buffer.count - place)
            taken += buffer[place..<(place + more)]
            place += more
        }
        return taken
    }

    private func skip(_ count: Int) async throws { _ = try await take(count) }

    /// Behind the end there are empty blocks.
    private func drain() async throws {
        var drained = 0
        while let more = try await pull() {
            drained += more.count
            guard drained <= TarLimits.trailingBytes else {
                throw TarHeader.malformed("there is too much behind its end")
            }
        }
        (buffer, place) = ([], 0)
    }

    /// So that there is at least a byte.
    private func fill() async throws {
        while place >= buffer.count {
            guard let more = try await pull() else {
                throw TarHeader.malformed("it ends in the middle")
            }
            (buffer, place) = (more, 0)
        }
    }

    private func pull() async throws -> [UInt8]? {
        var iterator = source
        defer { source = iterator }
        return try await iterator.next(isolation: self)
    }
}

/// The bytes of a file of a tar, for whoever stores it.
struct TarFile<Source: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Source.Element == [UInt8] {
    struct AsyncIterator: AsyncIteratorProtocol {
        let reader: TarReader<Source>

        func next() async throws -> [UInt8]? { try await reader.bytes() }
    }

    let reader: TarReader<Source>

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader) }
}
