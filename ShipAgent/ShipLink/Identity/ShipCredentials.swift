import FleetIdentity
import FleetModel
import FleetRuntime
import Glibc

/// Who this ship is, and how it proves it: a folder of small files that only the agent's user reads.
///
/// `ship.key`, `ship.crt`, `shore-ca.crt` (all PEM) and `shore.txt`, the address of the sync port.
package struct ShipCredentials: Sendable {
    package let key: PrivateKey
    package let certificate: IssuedCertificate
    package let authority: IssuedCertificate
    package let identity: ShipIdentity
    /// Of the sync port.
    package let host: String
    package let port: Int

    package init(
        key: PrivateKey,
        certificate: IssuedCertificate,
        authority: IssuedCertificate,
        host: String,
        port: Int
    ) throws {
        guard let identity = certificate.shipIdentity else {
            throw IdentityError(.noShipIdentity, "the certificate names no ship")
        }
        self.key = key
        self.certificate = certificate
        self.authority = authority
        self.identity = identity
        self.host = host
        self.port = port
    }

    private static func folder(_ directory: String) -> String { directory + "/identity" }

    package static func exist(in directory: String) -> Bool {
        repair(directory)
        return access(folder(directory) + "/ship.crt", F_OK) == 0
    }

    /// - Throws: a `CommandError` that says to enrol where there are none.
    package static func load(from directory: String) throws -> ShipCredentials {
        guard exist(in: directory) else {
            throw CommandError(
                "this ship is not enrolled: \(directory) has no identity",
                hint: "ask the shore for a token and run: ship-agent enrol"
            )
        }
        let folder = folder(directory)
        func text(_ name: String) throws -> String {
            try AtomicFile.readText("\(folder)/\(name)", limit: 64 * 1024)
        }
        let address = try text("shore.txt").split(separator: "\n").first.map(String.init) ?? ""
        guard let colon = address.lastIndex(of: ":"),
            let port = Int(address[address.index(after: colon)...]), (1...65_535).contains(port)
        else { throw CommandError("\(folder)/shore.txt does not hold HOST:PORT") }
        return try ShipCredentials(
            key: PrivateKey(pem: text("ship.key")),
            certificate: IssuedCertificate(pem: text("ship.crt")),
            authority: IssuedCertificate(pem: text("shore-ca.crt")),
            host: String(address[..<colon]),
            port: port
        )
    }

    /// Writes a whole new folder and puts it in place. A crash between the two renames leaves a
    /// complete folder beside the empty place, which `exist` and `load` put there.
    package func save(in directory: String) throws {
        let folder = Self.folder(directory)
        let staging = folder + ".new"
        try PrivateDirectory.create(staging)
        _ = try AtomicFile.removeLeftovers(in: staging)
        try AtomicFile.write(Array(key.pem.utf8), to: staging + "/ship.key", mode: 0o600)
        try AtomicFile.write(Array(authority.pem.utf8), to: staging + "/shore-ca.crt", mode: 0o600)
        try AtomicFile.write(
            Array("\(host):\(port)\n".utf8),
            to: staging + "/shore.txt",
            mode: 0o600
        )
        // The last file: with it the folder is complete.
        try AtomicFile.write(Array(certificate.pem.utf8), to: staging + "/ship.crt", mode: 0o600)
        let old = folder + ".old"
        try Self.remove(old)
        if access(folder, F_OK) == 0, rename(folder, old) != 0 { throw FileError("rename", folder) }
        guard rename(staging, folder) == 0 else { throw FileError("rename", staging) }
        try AtomicFile.syncFolder(directory)
        try Self.remove(old)
    }

    /// Mends what a crash within `save` left.
    private static func repair(_ directory: String) {
        let folder = folder(directory)
        guard access(folder, F_OK) != 0 else { return }
        let isWhole = access(folder + ".new/ship.crt", F_OK) == 0
        if isWhole, rename(folder + ".new", folder) == 0 { return }
        rename(folder + ".old", folder)
    }

    private static func remove(_ folder: String) throws {
        guard access(folder, F_OK) == 0 else { return }
        _ = try AtomicFile.removeLeftovers(in: folder)
        for name in ["ship.crt", "ship.key", "shore-ca.crt", "shore.txt"] {
            unlink("\(folder)/\(name)")
        }
        guard rmdir(folder) == 0 else { throw FileError("remove", folder) }
    }

    /// Replaces key and certificate after a renewal. The two files change one after the other; both
    /// certificates are good ashore, so what counts is that key and certificate match: the key of
    /// the next certificate waits in its own file until the certificate is here.
    package func renewed(with certificate: IssuedCertificate, key: PrivateKey) throws -> Self {
        try Self(
            key: key,
            certificate: certificate,
            authority: authority,
            host: host,
            port: port
        )
    }
}
