import FleetRuntime

extension AuditHash {
    /// Public keys, a line each in hexadecimal digits.
    package static func keys(inFile path: String) throws -> [AuditHash] {
        try AtomicFile.readText(path, limit: 64 * 1024).split(separator: "\n").map { line in
            guard let key = AuditHash(hex: String(line)) else {
                throw FileError("read", path, reason: "it holds a line that is no public key")
            }
            return key
        }
    }
}
