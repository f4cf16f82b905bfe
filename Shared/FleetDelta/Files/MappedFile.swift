import Glibc

/// Files laid end to end, in memory as far as they are looked at: the system may take the pages back.
///
/// More than one are copied into one first, which has no name and goes with this.
final class MappedFile {
    let bytes: Bytes
    private let mapping: UnsafeMutableRawPointer?

    /// - Parameters:
    ///   - sizes: what each file must have.
    ///   - workspace: a directory for the copy.
    init(_ files: [(location: String, size: Int)], workspace: String) throws(DeltaError) {
        let total = files.reduce(0) { $0 + $1.size }
        guard total > 0 else {
            mapping = nil
            // One byte that is never read: there is no page for nothing.
            bytes = Bytes(
                start: UnsafePointer(UnsafeMutablePointer.allocate(capacity: 1)),
                count: 0
            )
            return
        }
        let path: String
        let descriptor: Int32
        if files.count == 1 {
            path = files[0].location
            descriptor = try FileBytes.open(path)
        } else {
            path = workspace
            var template = Array("\(workspace)/delta-XXXXXX\0".utf8CString.dropLast())
            descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw DeltaError.system("create a file in", workspace) }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            unlink(template)
        }
        defer { close(descriptor) }
        if files.count > 1 {
            for file in files {
                var size = 0
                try FileBytes.read(file.location) { (piece) throws(DeltaError) in
                    size += piece.count
                    try FileBytes.write(piece, to: descriptor, path)
                }
                guard size == file.size else { throw Self.changed(file.location) }
            }
        }
        guard try FileBytes.size(descriptor, path) == total else { throw Self.changed(path) }
        let mapped = mmap(nil, total, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw DeltaError.system("map", path)
        }
        mapping = mapped
        bytes = Bytes(
            start: UnsafePointer(mapped.assumingMemoryBound(to: UInt8.self)),
            count: total
        )
    }

    deinit {
        if let mapping { munmap(mapping, bytes.count) } else { bytes.start.deallocate() }
    }

    private static func changed(_ path: String) -> DeltaError {
        DeltaError(.wrongBase, "\(path) has not the size that is known of it")
    }
}
