/// Carries webhooks over the network.
package protocol WebhookTransport: Sendable {
    /// All addresses of a host's name.
    func addresses(of host: String) async throws -> [NetworkAddress]

    /// Asks once, at this address and no other, follows nowhere, and reads no more of the answer than
    /// its beginning. Whatever goes wrong is an answer too.
    func send(_ request: WebhookRequest) async -> WebhookAnswer
}

/// One attempt.
package struct WebhookRequest: Sendable {
    package let target: WebhookTarget
    /// Of the target's host, checked.
    package let address: NetworkAddress
    package let headers: [(name: String, value: String)]
    package let body: String
}

/// What became of it.
package enum WebhookAnswer: Sendable, Hashable {
    case answered(status: Int, body: String)
    /// With a sentence that tells nothing of the network within.
    case failed(String)

    package var isSuccess: Bool {
        guard case .answered(let status, _) = self else { return false }
        return (200..<300).contains(status)
    }

    package var status: Int? {
        guard case .answered(let status, _) = self else { return nil }
        return status
    }

    /// Why it is no success.
    package var reason: String {
        switch self {
        case .failed(let reason): reason
        case .answered(let status, _) where (300..<400).contains(status):
            "the target answered \(status): webhooks follow no redirects"
        case .answered(let status, _): "the target answered \(status)"
        }
    }
}
