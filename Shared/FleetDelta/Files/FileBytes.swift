import Crypto
import Glibc

/// Files read and written through a small buffer.
enum FileBytes {
    static let chunk = 256 << 10

    /// Opens for reading; whoever calls closes.
    static func open(_ path: String) throws(DeltaError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DeltaError.system("open", path) }
        return descriptor
    }

    static func size(_ descriptor: Int32, _ path: String) throws(DeltaError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DeltaError.system("look at", path) }
        return Int(status.st_size)
    }

    /// Lends every piece of a file in turn.
    static func read(
        _ path: String,
        _ piece: (UnsafeRawBufferPointer) throws(DeltaError) -> Void
    ) throws(DeltaError) {
        let descriptor = try open(path)
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, chunk)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw DeltaError.system("read", path) }
            guard count > 0 else { return }
            try piece(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// SHA-256 and size of a file.
    static func digest(of path: String) throws(DeltaError) -> (size: Int, digest: [UInt8]) {
        var hash = SHA256()
        var size = 0
        try read(path) { piece in
            hash.update(bufferPointer: piece)
            size += piece.count
        }
        return (size, Array(hash.finalize()))
    }

    static func write(
        _ bytes: UnsafeRawBufferPointer,
        to descriptor: Int32,
        _ path: String
    ) throws(DeltaError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(
                descriptor,
                bytes.baseAddress.map { $0 + done },
                bytes.count - done
            )
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw DeltaError.system("write", path) }
            done += count
        }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(DeltaError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DeltaError) in
            try write(UnsafeRawBufferPointer(buffer), to: descriptor, path)
        }
    }

    /// Replaces a small file so that it is the old or the new one, whenever the machine stops.
    static func replace(_ path: String, with bytes: [UInt8]) throws(DeltaError) {
        let own = path + ".new"
        let descriptor = Glibc.open(
            own,
            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { throw DeltaError.system("create", own) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, own)
        guard fsync(descriptor) == 0 else { throw DeltaError.system("write", own) }
        guard rename(own, path) == 0 else { throw DeltaError.system("rename", own) }
    }

    /// A file of at most `limit` bytes; `nil` if there is none.
    static func small(_ path: String, limit: Int) throws(DeltaError) -> [UInt8]? {
        guard access(path, F_OK) == 0 else { return nil }
        var bytes: [UInt8] = []
        try read(path) { (piece) throws(DeltaError) in
            guard bytes.count + piece.count <= limit else {
                throw DeltaError(.tooLarge, "\(path) has more than \(limit) bytes")
            }
            bytes += piece
        }
        return bytes
    }

    /// The names in a folder are on disk once this returns.
    static func syncFolder(_ path: String) throws(DeltaError) {
        let descriptor = try open(path)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DeltaError.system("write", path) }
    }

    /// Makes the folders above a file, below `root`, which exists.
    static func makeFolders(above path: String, in root: String) throws(DeltaError) {
        var folder = root
        for component in path.split(separator: "/").dropLast() {
            folder += "/\(component)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw DeltaError.system("create", folder)
            }
        }
    }
}

extension DeltaError {
    /// Call it directly after the system call that failed.
    static func system(_ verb: String, _ path: String, code: Int32 = errno) -> DeltaError {
        // The GNU `strerror` returns constants for known codes; no buffer is shared between threads.
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return DeltaError(.file, "cannot \(verb) \(path): \(reason)")
    }
}

extension FileBytes {
    /// The first `count` bytes of a file, as another.
    static func copy(_ source: String, count: Int, to target: String) throws(DeltaError) {
        // A run that was killed at its end may have left it without the right to write.
        _ = chmod(target, 0o600)
        let descriptor = Glibc.open(
            target,
            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { throw DeltaError.system("create", target) }
        defer { close(descriptor) }
        var left = count
        try read(source) { (piece) throws(DeltaError) in
            let part = UnsafeRawBufferPointer(rebasing: piece.prefix(left))
            left -= part.count
            try write(part, to: descriptor, target)
        }
        guard left == 0 else {
            throw DeltaError(.wrongBase, "\(source) is shorter than what is known of it")
        }
        guard fsync(descriptor) == 0 else { throw DeltaError.system("write", target) }
    }
}
