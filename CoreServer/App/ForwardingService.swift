import AsyncHTTPClient
import CoreDomain
import ServiceLifecycle

/// Forwards to every configured target while the server runs.
struct ForwardingService: Service {
    let forwarder: Forwarder

    func run() async throws {
        let forwarder = forwarder
        try await HTTPClient.withHTTPClient(configuration: RemoteWriteClient.configuration) {
            client in
            try await forwarder.run(RemoteWriteClient(client))
        }
    }
}
