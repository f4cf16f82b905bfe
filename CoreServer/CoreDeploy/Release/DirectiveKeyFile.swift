import CoreDomain
import FleetDeploy
import FleetIdentity
import FleetRuntime
import Glibc

/// Where the installation keeps the key for orders to ships: `directives.key` beside its other keys, and
/// `directives.pub` for whoever checks.
package enum DirectiveKeyFile {
    /// Reads `<directory>/directives.key`, making it at the first start.
    package static func load(directory: String) throws -> DirectiveKey {
        try PrivateDirectory.create(directory)
        let path = directory + "/directives.key"
        // Two commands may start on one new directory at once: the file's maker is the one that links.
        if access(path, F_OK) != 0 {
            let drawn = DirectiveKey()
            let own = "\(path).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
            try AtomicFile.write(drawn.rawValue, to: own, mode: 0o600)
            defer { unlink(own) }
            if link(own, path) == 0 {
                let text = Hexadecimal.text(drawn.publicKey) + "\n"
                try AtomicFile.write(
                    Array(text.utf8),
                    to: directory + "/directives.pub",
                    mode: 0o644
                )
            }
        }
        guard let key = DirectiveKey(rawValue: try AtomicFile.read(path, limit: 1024)) else {
            throw DomainError(.invalid, "\(path) is no Ed25519 key of 32 bytes")
        }
        return key
    }
}
