import FleetRuntime
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// The API's listener: HTTP/1.1 over TLS.
package struct APIServer: Sendable {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 draws a free port.
        package var port: Int
        /// PEM: the server's certificate, then its authority's.
        package var certificateChain: [String]
        /// PEM.
        package var privateKey: String
        /// At a time, of all and of each address.
        package var connections = 16_384
        package var connectionsPerAddress = 1024

        package init(host: String, port: Int, certificateChain: [String], privateKey: String) {
            self.host = host
            self.port = port
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    /// The service, to run in the process' group.
    package static func make(
        _ configuration: Configuration,
        router: CoreRouter,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws -> some ApplicationProtocol {
        let chain = try configuration.certificateChain.map {
            NIOSSLCertificateSource.certificate(
                try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem)
            )
        }
        let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKey.utf8), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(key)
        )
        tls.minimumTLSVersion = .tlsv12
        let slow = router.registry.counter(
            "hawser_http_slow_readers_total",
            help: "Connections closed because an answer was not taken in time."
        )
        let book = ConnectionBook(
            limit: configuration.connections,
            limitPerAddress: configuration.connectionsPerAddress,
            registry: router.registry
        )
        return Application(
            router: try router.router(),
            server: try .tls(
                .http1(
                    configuration: .init(
                        additionalChannelHandlers: [SlowReaders(slow), RequestDoor(book)],
                        idleTimeout: .seconds(60),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: RequestDoor.headerLimit,
                            maxHeaderListSize: RequestDoor.headerLimit,
                            maxHeaderFieldCount: RequestDoor.headerCountLimit
                        )
                    )
                ),
                tlsConfiguration: tls
            ),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "hawser"
            ),
            onServerRunning: { channel in
                onListening(channel.localAddress?.port ?? configuration.port)
            },
            logger: logger
        )
    }
}
