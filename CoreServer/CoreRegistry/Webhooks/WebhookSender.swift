import FleetModel
import FleetRuntime

/// Sends to where it may, signed: looked at anew each time, since names move.
package struct WebhookSender: Sendable {
    private let targets: WebhookTargets
    private let transport: any WebhookTransport
    private let clock: WallClock

    package init(targets: WebhookTargets, transport: any WebhookTransport, clock: WallClock) {
        self.targets = targets
        self.transport = transport
        self.clock = clock
    }

    /// - Throws: `RegistryError` `invalid` for where no webhook may go.
    func check(_ url: String) async throws {
        let target = try WebhookTarget(url)
        // One that is listed may be off at the moment.
        if try targets.check(target) { return }
        _ = try await addresses(of: target)
    }

    private func addresses(of target: WebhookTarget) async throws -> [NetworkAddress] {
        var found = NetworkAddress(target.host).map { [$0] } ?? []
        if found.isEmpty {
            do {
                found = try await transport.addresses(of: target.host)
            } catch {
                try Task.checkCancellation()
                throw RegistryError.invalid("Webhook URL refused: its host has no address")
            }
        }
        try targets.check(target, at: found)
        return found
    }

    /// - Parameter attempt: from 1: a host's addresses take turns.
    package func send(
        _ body: String,
        id: String,
        to url: String,
        secret: [UInt8]?,
        attempt: Int
    ) async -> WebhookAnswer {
        do {
            let target = try WebhookTarget(url)
            let addresses = try await addresses(of: target)
            return await transport.send(
                WebhookRequest(
                    target: target,
                    address: addresses[max(0, attempt - 1) % addresses.count],
                    headers: WebhookMessage.headers(
                        id: id,
                        body: body,
                        secret: secret,
                        at: clock.now()
                    ),
                    body: body
                )
            )
        } catch {
            return .failed((error as? RegistryError)?.message ?? "it was not sent")
        }
    }
}
