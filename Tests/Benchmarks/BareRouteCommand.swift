import ArgumentParser
import FleetIdentity
import FleetModel
import FleetRuntime
import Hummingbird
import HummingbirdTLS
import NIOSSL

/// What the API is held against: one route of the same framework over the same TLS, that looks at
/// nothing and answers a constant. A process of its own, as core-server is.
struct BareRouteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare-route",
        abstract: "Serve one route that does nothing, for the benchmark 'api'.",
        shouldDisplay: false
    )

    @Option(help: "Where the authority's certificate and the port are written.")
    var directory: String

    func run() async throws {
        let now = WallClock.system.now()
        let authority = try CertificateAuthority(commonName: "bench", at: now)
        let key = PrivateKey()
        let certificate = try authority.issueShore(
            hosts: ["localhost", "127.0.0.1"],
            key: key,
            at: now
        )
        let directory = directory
        try AtomicFile.write(
            Array(authority.certificate.pem.utf8),
            to: directory + "/ca.crt",
            mode: 0o644
        )
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try [certificate.pem, authority.certificate.pem].map {
                .certificate(try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem))
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem))
        )
        tls.minimumTLSVersion = .tlsv12
        let router = Router()
        router.get("nothing") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: "{\"readings\": [], \"next\": null}"))
            )
        }
        let application = Application(
            router: router,
            server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                try? AtomicFile.write(Array("\(port)".utf8), to: directory + "/port", mode: 0o644)
            }
        )
        try await application.run()
    }
}
