import FleetRuntime
import Glibc

/// A file in blocks of whole lines.
struct LineBlocks: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private let size: Int
    private let longest: Int
    /// The beginning of a line whose end is not read yet.
    private var rest: [UInt8] = []
    private var isAtEnd = false

    init(_ path: String, size: Int, longest: Int) throws {
        self.path = path
        self.size = size
        self.longest = longest
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    deinit { close(descriptor) }

    /// `nil` behind the last line. A last line without its end is given as it is.
    mutating func next() throws -> [UInt8]? {
        while !isAtEnd {
            var block = rest
            rest = []
            let start = block.count
            guard start <= longest else {
                throw FileError("read", path, reason: "a line is too long")
            }
            block.append(contentsOf: repeatElement(0, count: size))
            let count = block.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: start), size)
            }
            if count < 0, errno == EINTR {
                block.removeLast(size)
                rest = block
                continue
            }
            guard count >= 0 else { throw FileError("read", path) }
            block.removeLast(size - count)
            if count == 0 {
                isAtEnd = true
                return block.isEmpty ? nil : block
            }
            let end = block.lastIndex(of: 0x0A)
            guard let end else {
                rest = block
                continue
            }
            rest = Array(block[(end + 1)...])
            block.removeSubrange((end + 1)...)
            return block
        }
        return nil
    }
}
