import FleetRuntime
import Foundation
import NIOCore

/// The files below a directory as a tar, made while it is read: ustar, with pax records for long names.
struct DirectoryTar: AsyncSequence, Sendable {
    struct File: Sendable, Hashable {
        /// Below the directory.
        let path: String
        let size: Int64
    }

    private static let block = 512
    private static let pieceBytes = 64 * 1024
    /// What a header has room for; longer names go into records before it.
    private static let nameBytes = 100

    let directory: String
    /// In the order of their paths.
    let files: [File]

    /// - Throws: `CommandError` for what can't be read, and for links and devices: what they mean here they
    ///   would not mean there.
    init(of directory: String) throws {
        var directory = NSString(string: directory).expandingTildeInPath
        while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        self.directory = directory
        var files: [File] = []
        try Self.collect(directory, "", into: &files)
        guard !files.isEmpty else { throw CommandError("\(directory) has no files") }
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func collect(
        _ directory: String,
        _ below: String,
        into files: inout [File]
    ) throws {
        let here = below.isEmpty ? directory : "\(directory)/\(below)"
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: here)
        } catch {
            throw CommandError("\(here) can't be read as a directory")
        }
        for name in names {
            let path = below.isEmpty ? name : "\(below)/\(name)"
            guard
                let found = try? FileManager.default.attributesOfItem(
                    atPath: "\(directory)/\(path)"
                )
            else { throw CommandError("\(directory)/\(path) can't be looked at") }
            switch found[.type] as? FileAttributeType {
            case .typeDirectory: try collect(directory, path, into: &files)
            case .typeRegular:
                files.append(File(path: path, size: (found[.size] as? NSNumber)?.int64Value ?? 0))
            default:
                throw CommandError(
                    "\(directory)/\(path) is neither a file nor a directory",
                    hint: "a bundle has no links: put the file itself there"
                )
            }
        }
    }

    /// Of the whole tar.
    var length: Int64 {
        files.reduce(Int64(2 * Self.block)) { sum, file in
            sum + Int64(Self.head(file).count) + file.size + Int64(Self.padding(file.size))
        }
    }

    private static func padding(_ size: Int64) -> Int {
        Int((Int64(block) - size % Int64(block)) % Int64(block))
    }

    private static func head(_ file: File) -> [UInt8] {
        guard file.path.utf8.count > nameBytes else {
            return header(Array(file.path.utf8), file.size, kind: "0")
        }
        let records = record("path", file.path)
        return header(Array("././@PaxHeader".utf8), Int64(records.count), kind: "x") + records
            + [UInt8](repeating: 0, count: padding(Int64(records.count)))
            + header(Array(file.path.utf8.prefix(nameBytes)), file.size, kind: "0")
    }

    /// Its length counts itself.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8.count
        var length = rest + 1
        while length != rest + "\(length)".utf8.count { length = rest + "\(length)".utf8.count }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    private static func header(_ name: [UInt8], _ size: Int64, kind: Character) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ bytes: some Sequence<UInt8>, at place: Int) {
            for (index, byte) in bytes.enumerated() { header[place + index] = byte }
        }
        func octal(_ number: Int64, _ digits: Int) -> [UInt8] {
            let text = String(number, radix: 8)
            return Array((String(repeating: "0", count: digits).dropLast(text.count) + text).utf8)
        }
        put(name, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        // Above 8 GiB there would be another form: a version has a gigabyte at most.
        put(octal(size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ".utf8, at: 148)
        put("\(kind)".utf8, at: 156)
        put("ustar\0".utf8, at: 257)
        put("00".utf8, at: 263)
        let sum = header.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, 6) + [0, 0x20], at: 148)
        return header
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let tar: DirectoryTar
        private var index = 0
        private var handle: FileHandle?
        private var left: Int64 = 0
        private var isOver = false

        fileprivate init(_ tar: DirectoryTar) { self.tar = tar }

        mutating func next() async throws -> ByteBuffer? {
            guard let handle else { return try begin() }
            let file = tar.files[index]
            let piece = try handle.read(upToCount: DirectoryTar.pieceBytes) ?? Data()
            left -= Int64(piece.count)
            guard left >= 0, !piece.isEmpty || left == 0 else {
                throw CommandError("\(tar.directory)/\(file.path) was changed while it was read")
            }
            var buffer = ByteBuffer(bytes: piece)
            if left == 0 {
                guard try handle.read(upToCount: 1)?.isEmpty ?? true else {
                    throw CommandError(
                        "\(tar.directory)/\(file.path) was changed while it was read"
                    )
                }
                try handle.close()
                self.handle = nil
                buffer.writeRepeatingByte(0, count: DirectoryTar.padding(file.size))
                index += 1
                if buffer.readableBytes == 0 { return try begin() }
            }
            return buffer
        }

        private mutating func begin() throws -> ByteBuffer? {
            guard index < tar.files.count else {
                guard !isOver else { return nil }
                isOver = true
                return ByteBuffer(repeating: 0, count: 2 * DirectoryTar.block)
            }
            let file = tar.files[index]
            guard let opened = FileHandle(forReadingAtPath: "\(tar.directory)/\(file.path)") else {
                throw CommandError("\(tar.directory)/\(file.path) can't be read")
            }
            (handle, left) = (opened, file.size)
            return ByteBuffer(bytes: DirectoryTar.head(file))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
