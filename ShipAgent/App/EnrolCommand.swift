import ArgumentParser
import FleetIdentity
import FleetModel
import FleetRuntime
import Glibc
import Logging
import ShipLink
import ShipStore

/// `ship-agent enrol`.
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Turn a one-time token into this ship's identity.",
        discussion: """
            The key is made here and never leaves the ship. The token names the shore by the \
            fingerprint of its authority, so a false shore gets nothing.
            """
    )

    @Option(help: "The directory of the store and the ship's identity.")
    var data = "/var/lib/hawser-ship"

    @Option(help: "https://HOST:PORT of the shore's API.")
    var server: String

    @Option(help: "A file with the token, or - for standard input.")
    var tokenFile: String

    @Option(help: "HOST:PORT where to sync, if not the shore's own port at the same host.")
    var sync: String?

    @Flag(help: "Replace the identity of a ship that is enrolled already.")
    var force = false

    func run() async throws {
        LogSetup.bootstrap(level: .warning, format: .text)
        let client = try EnrolmentClient(server: server)
        let override = try sync.map(Self.address)
        let token = try Self.token(tokenFile)
        try PrivateDirectory.create(data)
        guard force || !ShipCredentials.exist(in: data) else {
            throw CommandError(
                "\(data) has an identity already",
                hint: "use --force to replace it, or another --data"
            )
        }
        // The token is good once: whatever can fail here fails before it is used.
        let isNew = access(data + "/store.sqlite", F_OK) != 0
        let enrolled: (credentials: ShipCredentials, ship: String, tenant: String)
        do {
            _ = try ShipStore(directory: data, create: true)
            enrolled = try await client.enrol(token: token, sync: override)
        } catch {
            if isNew { Self.removeStore(in: data) }
            throw error
        }
        let former = try? ShipCredentials.load(from: data)
        if let former, former.identity != enrolled.credentials.identity {
            try Self.setAsideStore(in: data, of: former)
        }
        try enrolled.credentials.save(in: data)
        StandardStreams.out(
            "enrolled as \(enrolled.ship) of \(enrolled.tenant), until "
                + "\(enrolled.credentials.certificate.notAfter)"
        )
    }

    private static let storeFiles = [
        "store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "reserve",
    ]

    /// A failed enrolment leaves nothing behind.
    private static func removeStore(in data: String) {
        for name in storeFiles { unlink("\(data)/\(name)") }
        rmdir(data)
    }

    /// Another ship's data are not this one's: they are kept, under another name.
    private static func setAsideStore(in data: String, of former: ShipCredentials) throws {
        let suffix = "of-tenant-\(former.identity.tenant)-ship-\(former.identity.ship)"
        for name in storeFiles where access("\(data)/\(name)", F_OK) == 0 {
            guard rename("\(data)/\(name)", "\(data)/\(name).\(suffix)") == 0 else {
                throw FileError("rename", "\(data)/\(name)")
            }
        }
        StandardStreams.error("the former ship's store is kept as \(data)/store.sqlite.\(suffix)")
    }

    private static func token(_ path: String) throws -> String {
        let source = path == "-" ? "/dev/stdin" : path
        let text = try AtomicFile.readText(source, limit: 4096)
        let token = text.filter { !$0.isWhitespace }
        guard !token.isEmpty else { throw CommandError("\(path) holds no token") }
        return token
    }

    private static func address(_ text: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { throw CommandError("--sync is HOST:PORT, not \(text)") }
        return (String(text[..<colon]), port)
    }
}
