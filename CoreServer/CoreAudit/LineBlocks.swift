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
            let before = rest
            guard before.count <= longest else {
                throw FileError("read", path, reason: "a line is too long")
            }
            var (count, code) = (0, Int32(0))
            var block = [UInt8](unsafeUninitializedCapacity: before.count + size) {
                buffer,
                filled in
                let start = buffer.initialize(fromContentsOf: before)
                let room = UnsafeMutableBufferPointer(rebasing: buffer[start...])
                count = read(descriptor, room.baseAddress, room.count)
                code = errno
                filled = start + max(0, count)
            }
            if count < 0, code == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path, code: code) }
            rest = []
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
