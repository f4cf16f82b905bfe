import AsyncHTTPClient
import FleetIdentity
import FleetModel
import FleetRuntime
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Turns a one-time token into this ship's identity.
package struct EnrolmentClient: Sendable {
    /// What the shore answers.
    private struct Answer: Decodable {
        let ship: String
        let tenant: String
        let certificate: String
        let sync_port: Int
    }

    private struct Request: Encodable {
        let token: String
        let request: String
    }

    private struct Problem: Decodable {
        let title: String?
        let detail: String?
    }

    /// `https://HOST:PORT` of the shore's API.
    private let host: String
    private let port: Int

    /// - Throws: `CommandError` for anything but an https URL with a host.
    package init(server: String) throws {
        guard let url = URL(string: server), url.scheme == "https", let host = url.host,
            !host.isEmpty
        else {
            throw CommandError("\(server) is not the address of a shore: use https://HOST:PORT")
        }
        self.host = host
        self.port = url.port ?? 443
    }

    /// Makes a key aboard, has it certified, and returns what is to be kept.
    package func enrol(
        token text: String,
        sync: (host: String, port: Int)?
    ) async throws -> (credentials: ShipCredentials, ship: String, tenant: String) {
        let token: SecretToken
        do {
            token = try SecretToken(parsing: text, as: .enrolment)
        } catch {
            throw CommandError("\(error)")
        }
        guard let pin = token.authority else { throw CommandError("the token pins no authority") }
        let authority: IssuedCertificate
        do {
            authority = try await Deadline.run(within: .seconds(60)) {
                try await fetchAuthority(pin)
            }
        } catch is Deadline.Passed {
            throw CommandError("\(host):\(port) does not answer")
        }
        let key = PrivateKey()
        let request = try CertificateRequest(key: key, commonName: "ship")
        let answer = try await ask(text, request, authority)
        let certificate = try IssuedCertificate(pem: answer.certificate)
        let credentials = try ShipCredentials(
            key: key,
            certificate: certificate,
            authority: authority,
            host: sync?.host ?? host,
            port: sync?.port ?? answer.sync_port
        )
        return (credentials, answer.ship, answer.tenant)
    }

    /// The authority's certificate out of the shore's TLS handshake, if it is the one pinned.
    private func fetchAuthority(_ pin: Fingerprint) async throws -> IssuedCertificate {
        let shown = Mutex<[[UInt8]]>([])
        let context = try NIOSSLContext(configuration: .makeClientConfiguration())
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(30))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let tls = try NIOSSLClientHandler(
                            context: context,
                            serverHostname: CertificateAuthority.shoreName,
                            customVerificationCallback: { certificates, promise in
                                let chain = certificates.compactMap { try? $0.toDERBytes() }
                                shown.withLock { $0 = chain }
                                // Nothing is said over this connection: it only shows the chain.
                                promise.succeed(.failed)
                            }
                        )
                        try channel.pipeline.syncOperations.addHandler(tls)
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel
                        )
                    }
                }
            try? await channel.executeThenClose { inbound, _ in
                for try await _ in inbound {}
            }
        } catch {
            throw CommandError(
                "the shore at \(host):\(port) can't be reached: \(Self.reason(error))"
            )
        }
        let chain = shown.withLock { $0 }
        guard !chain.isEmpty else {
            throw CommandError("\(host):\(port) does not speak TLS 1.3 as a shore does")
        }
        for der in chain where Fingerprint(ofDER: der) == pin {
            return try IssuedCertificate(der: der)
        }
        throw CommandError(
            "\(host):\(port) is not the shore that this token is for: its authority has another "
                + "fingerprint than the token's"
        )
    }

    private func ask(
        _ token: String,
        _ request: CertificateRequest,
        _ authority: IssuedCertificate
    ) async throws -> Answer {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try PinnedTLS.base(authority)
        configuration.timeout = .init(connect: .seconds(30), read: .seconds(60))
        configuration.dnsOverride = [CertificateAuthority.shoreName: host]
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            var post = HTTPClientRequest(
                url: "https://\(CertificateAuthority.shoreName):\(port)/api/v1/enrolments"
            )
            post.method = .POST
            post.headers.add(name: "content-type", value: "application/json")
            let body = Request(token: token, request: Data(request.der).base64EncodedString())
            post.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
            let response: HTTPClientResponse
            do {
                response = try await client.execute(post, timeout: .seconds(90))
            } catch {
                throw CommandError("the shore did not answer: \(Self.reason(error))")
            }
            let bytes = try await response.body.collect(upTo: 64 * 1024)
            let data = Data(bytes.readableBytesView)
            guard response.status == .created else {
                let problem = try? JSONDecoder().decode(Problem.self, from: data)
                let reason = problem?.detail ?? problem?.title ?? "status \(response.status.code)"
                throw CommandError("the shore refused: \(reason)")
            }
            return try JSONDecoder().decode(Answer.self, from: data)
        }
    }

    private static func reason(_ error: any Error) -> String {
        CommandLineFailure.describe(error)
    }
}
