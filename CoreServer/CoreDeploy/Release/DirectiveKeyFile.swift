import CoreDomain
import FleetDeploy
import FleetIdentity
import FleetRuntime
import Glibc

/// Where the installation keeps the keys for orders to ships: `directives.key` beside its other keys, those
/// before it as `directives.key.1` (the newest) to `directives.key.9`, and `directives.pub` for whoever checks.
package enum DirectiveKeyFile {
    /// Reads `<directory>/directives.key`, making it at the first start, and those before it.
    package static func load(directory: String) throws -> DirectiveKeyring {
        try PrivateDirectory.create(directory)
        let path = path(directory)
        // Two commands may start on one new directory at once: the file's maker is the one that links.
        if access(path, F_OK) != 0 {
            let drawn = DirectiveKey()
            let own = "\(path).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
            try AtomicFile.write(drawn.rawValue, to: own, mode: 0o600)
            defer { unlink(own) }
            if link(own, path) == 0 { try writePublic(drawn, directory) }
        }
        return DirectiveKeyring(
            try read(path),
            former: try (1...DirectiveKeyring.formerLimit).map { "\(path).\($0)" }
                .filter { access($0, F_OK) == 0 }.map(read),
            distrusted: try distrusted(directory)
        )
    }

    /// Draws another key, that signs from the next start of the server on; the one that signed before becomes
    /// the first of the former ones.
    ///
    /// Cut off in between it leaves one key under two names, and is to be done again.
    package static func rotate(directory: String) throws -> DirectiveKeyring {
        let path = path(directory)
        let before = try load(directory: directory)
        guard before.former.count < DirectiveKeyring.formerLimit else {
            throw DomainError(
                .conflict,
                "\(path).\(DirectiveKeyring.formerLimit) exists: remove the oldest keys, which no ship "
                    + "obeys alone any more"
            )
        }
        let isThere = before.former.contains { $0.id == before.current.id }
        if !isThere {
            for number in (1..<DirectiveKeyring.formerLimit).reversed()
            where access("\(path).\(number)", F_OK) == 0 {
                guard rename("\(path).\(number)", "\(path).\(number + 1)") == 0 else {
                    throw FileError("rename", "\(path).\(number)")
                }
            }
            guard link(path, "\(path).1") == 0 else { throw FileError("create", "\(path).1") }
        }
        let drawn = DirectiveKey()
        try AtomicFile.write(drawn.rawValue, to: path, mode: 0o600)
        try writePublic(drawn, directory)
        return try load(directory: directory)
    }

    /// Has ships told not to obey a former key any more, from the next start of the server on.
    package static func distrust(_ id: [UInt8], directory: String) throws -> DirectiveKeyring {
        let ring = try load(directory: directory)
        guard ring.current.id != id else {
            throw DomainError(
                .conflict,
                "this key signs now: draw another one first (core-server directives rotate)"
            )
        }
        guard ring.former.contains(where: { $0.id == id }) else {
            throw DomainError(.notFound, "no former key has this identifier")
        }
        let all = ring.distrusted.union([id]).map { Hexadecimal.text($0) }.sorted()
        let text = all.map { $0 + "\n" }.joined()
        try AtomicFile.write(Array(text.utf8), to: distrustedPath(directory), mode: 0o644)
        return try load(directory: directory)
    }

    private static func path(_ directory: String) -> String { directory + "/directives.key" }

    private static func distrustedPath(_ directory: String) -> String {
        directory + "/directives.distrusted"
    }

    private static func writePublic(_ key: DirectiveKey, _ directory: String) throws {
        let text = Hexadecimal.text(key.publicKey) + "\n"
        try AtomicFile.write(Array(text.utf8), to: directory + "/directives.pub", mode: 0o644)
    }

    private static func read(_ path: String) throws -> DirectiveKey {
        guard let key = DirectiveKey(rawValue: try AtomicFile.read(path, limit: 1024)) else {
            throw DomainError(.invalid, "\(path) is no Ed25519 key of 32 bytes")
        }
        return key
    }

    private static func distrusted(_ directory: String) throws -> Set<[UInt8]> {
        let path = distrustedPath(directory)
        guard access(path, F_OK) == 0 else { return [] }
        let lines = try AtomicFile.readText(path, limit: 4096).split(whereSeparator: \.isWhitespace)
        return Set(
            try lines.map { line in
                guard let id = Hexadecimal.bytes(line.utf8), id.count == DirectiveKey.idBytes else {
                    throw DomainError(.invalid, "\(path): \(line) is no key's identifier")
                }
                return id
            }
        )
    }
}
