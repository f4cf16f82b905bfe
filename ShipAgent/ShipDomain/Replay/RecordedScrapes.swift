import FleetModel

/// Reads a file of recorded scrapes, one JSON object per line: `{"t": ms, "us": µs, "b": "text"}`,
/// or `"e": "reason"` in the place of `"b"`.
///
/// The file is plain, xz or zstd by its content, not its name, and is never in memory as a whole.
/// Copies of this value share their place in the file.
package struct RecordedScrapes {
    package let path: String
    private let reader: LineReader
    private var bytes: [UInt8] = []
    private var skippedTo = 0

    /// - Throws: `RecordedScrapesError` when the file can't be opened.
    package init(path: String) throws(RecordedScrapesError) {
        try self.init(path: path, lineLimit: ReplayLimits.lineBytes)
    }

    init(path: String, lineLimit: Int) throws(RecordedScrapesError) {
        self.path = path
        reader = try LineReader(path: path, lineLimit: lineLimit)
    }

    /// The next scrape, or `nil` at the end of the file. Empty lines are passed over.
    ///
    /// - Throws: `RecordedScrapesError`. Where it is of one line (`isOfOneLine`) the next call reads
    ///   the line after; otherwise each further call throws the same.
    package mutating func next() throws(RecordedScrapesError) -> RecordedScrape? {
        while try reader.next(into: &bytes) {
            guard reader.line >= skippedTo else { continue }
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                return try RecordedLineParser.parse(bytes, line: reader.line)
            } catch {
                throw RecordedScrapesError(
                    path: path,
                    line: reader.line,
                    fault: .line(error.reason)
                )
            }
        }
        return nil
    }

    /// Passes over what comes before a line (counted from 1) without looking at it, damaged lines
    /// too. A line that has been passed already is not gone back to.
    package mutating func skip(to line: Int) {
        skippedTo = max(skippedTo, line)
    }

    /// The job that a file's scrapes belong to: its name without folders, up to `.jsonl`.
    package static func jobName(ofPath path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let bytes = Array(name.utf8)
        let mark = Array(".jsonl".utf8)
        guard bytes.count >= mark.count else { return name }
        for start in 0...bytes.count - mark.count
        where bytes[start..<start + mark.count].elementsEqual(mark) {
            return String(decoding: bytes[..<start], as: UTF8.self)
        }
        return name
    }

    /// Tells this file's content from any other's.
    package static func fingerprint(
        ofPath path: String
    ) throws(RecordedScrapesError) -> FileFingerprint {
        try FileFingerprint(ofPath: path)
    }
}
