import Glibc

/// Where a decoder's bytes go: the told files, one after the other, below a directory.
struct DeltaOutput {
    private static let capacity = 256 << 10

    private let root: String
    private let files: [ArtifactEntry]
    /// Of `files`, the one that is being written; those before it are whole and on disk.
    private(set) var number = 0
    /// Bytes of it that were written.
    private(set) var offset = 0
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(root: String, files: [ArtifactEntry]) {
        self.root = root
        self.files = files
        buffer.reserveCapacity(Self.capacity)
    }

    /// The next file that has bytes to come; `nil` behind the last. Makes the empty ones on its way.
    mutating func current() throws(DeltaError) -> ArtifactEntry? {
        while number < files.count {
            let file = files[number]
            if descriptor < 0 { try open(file, O_TRUNC) }
            if offset < file.size { return file }
            try finishFile()
        }
        return nil
    }

    /// Goes on where another run stopped: behind `total` bytes of all files.
    mutating func resume(behind total: Int) throws(DeltaError) {
        var rest = total
        while number < files.count, rest >= files[number].size, rest > 0 || files[number].size == 0
        {
            rest -= files[number].size
            number += 1
        }
        guard number < files.count else { return }
        try open(files[number], 0)
        guard ftruncate(descriptor, off_t(rest)) == 0,
            lseek(descriptor, off_t(rest), SEEK_SET) == rest
        else {
            throw DeltaError.system("go on with", files[number].path)
        }
        offset = rest
    }

    mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) throws(DeltaError) {
        if buffer.count + count > Self.capacity { try flush() }
        buffer.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        offset += count
    }

    /// Everything that was put is on disk once this returns.
    mutating func sync() throws(DeltaError) {
        try flush()
        guard descriptor < 0 || fsync(descriptor) == 0 else {
            throw DeltaError.system("write", files[number].path)
        }
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func finishFile() throws(DeltaError) {
        try sync()
        close()
        number += 1
        offset = 0
    }

    private mutating func open(_ file: ArtifactEntry, _ flag: Int32) throws(DeltaError) {
        try FileBytes.makeFolders(above: file.path, in: root)
        let path = "\(root)/\(file.path)"
        // A run that was killed at its end may have left it without the right to write.
        _ = chmod(path, 0o600)
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flag, 0o600)
        guard descriptor >= 0 else { throw DeltaError.system("create", path) }
    }

    private mutating func flush() throws(DeltaError) {
        guard !buffer.isEmpty else { return }
        try FileBytes.write(buffer, to: descriptor, files[number].path)
        buffer.removeAll(keepingCapacity: true)
    }
}
