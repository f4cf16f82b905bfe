/// Reads a file line by line, decompressing it where it is compressed, with memory for one line.
final class LineReader {
    private let file: InputFile
    private let lineLimit: Int
    private var decompressor: (any Decompressor)?
    private var input: [UInt8] = []
    private var chunk: [UInt8] = []
    private var position = 0
    private var hasInputEnded = false
    /// A failure to read goes on for ever: what comes after damage is not to be trusted.
    private var failure: RecordedScrapesError?

    /// The number of the line read last, counted from 1.
    private(set) var line = 0

    init(path: String, lineLimit: Int) throws(RecordedScrapesError) {
        file = try InputFile(path: path)
        self.lineLimit = lineLimit
    }

    /// Replaces `bytes` by the next line without its line feed. Returns whether there was one.
    func next(into bytes: inout [UInt8]) throws(RecordedScrapesError) -> Bool {
        if let failure { throw failure }
        do {
            return try readLine(into: &bytes)
        } catch {
            failure = error
            throw error
        }
    }

    private func readLine(into bytes: inout [UInt8]) throws(RecordedScrapesError) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        while true {
            if position == chunk.count {
                try refill()
                if chunk.isEmpty {
                    guard !bytes.isEmpty else { return false }
                    line += 1
                    return true
                }
            }
            let end = chunk.span.position(of: 0x0A, from: position)
            guard bytes.count + end - position <= lineLimit else {
                throw failure(line + 1, .lineTooLong(limit: lineLimit))
            }
            bytes += chunk[position..<end]
            guard end == chunk.count else {
                position = end + 1
                line += 1
                return true
            }
            position = end
        }
    }

    /// Replaces the chunk by the next one that isn't empty; by an empty one at the end.
    private func refill() throws(RecordedScrapesError) {
        position = 0
        while true {
            do {
                if let decompressor {
                    try decompressor.output(into: &chunk)
                    if !chunk.isEmpty || hasInputEnded { return }
                }
            } catch {
                throw failure(line + 1, .compression(error.reason))
            }
            try file.read(into: &input)
            hasInputEnded = input.isEmpty
            if decompressor == nil { decompressor = try decompressor(for: input) }
            decompressor?.supply(input)
        }
    }

    /// Chooses by what the file starts with, whatever it is called.
    private func decompressor(
        for start: [UInt8]
    ) throws(RecordedScrapesError) -> any Decompressor {
        do {
            if start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
                return try XzDecompressor(memoryLimit: ReplayLimits.xzMemoryBytes)
            }
            if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
                return try ZstdDecompressor(windowLogLimit: ReplayLimits.zstdWindowLog)
            }
        } catch {
            throw failure(0, .compression(error.reason))
        }
        if start.starts(with: [0x1F, 0x8B]) {
            throw failure(0, .compression("gzip is not read; use xz, zstd or no compression"))
        }
        return PlainBytes()
    }

    private func failure(
        _ line: Int,
        _ fault: RecordedScrapesError.Fault
    ) -> RecordedScrapesError {
        RecordedScrapesError(path: file.path, line: line, fault: fault)
    }
}
