import FleetRuntime

/// What of a webhook can be set; nil leaves it as it is.
package struct WebhookDetails: Sendable {
    package var name: String?
    package var description: String?
    package var url: String?
    package var events: [WebhookEvent]?
    package var active: Bool?
    /// An empty one takes it away.
    package var secret: Secret?

    package init(
        name: String? = nil,
        description: String? = nil,
        url: String? = nil,
        events: [WebhookEvent]? = nil,
        active: Bool? = nil,
        secret: Secret? = nil
    ) {
        self.name = name
        self.description = description
        self.url = url
        self.events = events
        self.active = active
        self.secret = secret
    }

    /// Each once.
    var words: [String] {
        var seen: Set<WebhookEvent> = []
        return (events ?? []).filter { seen.insert($0).inserted }.map(\.rawValue)
    }

    /// - Throws: `RegistryError` `invalid`.
    func check(isNew: Bool) throws(RegistryError) {
        if name != nil || isNew { try Self.check(name: name ?? "") }
        if url == nil, isNew { throw .invalid("Missing value for required parameter 'url'") }
        if let url { _ = try WebhookTarget(url) }
        if events?.isEmpty ?? isNew { throw .invalid("Webhook events cannot be empty") }
        try RegistryText.check(description ?? "", "description", atMost: 1000)
        try RegistryText.check(secret?.reveal() ?? "", "secret", atMost: 1000)
    }

    private static func check(name: String) throws(RegistryError) {
        func isOuter(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
        let bytes = Array(name.utf8)
        let isName =
            (1...63).contains(bytes.count) && bytes.prefix(1).allSatisfy(isOuter)
            && bytes.suffix(1).allSatisfy(isOuter)
            && bytes.allSatisfy { isOuter($0) || "._-".utf8.contains($0) }
        guard isName else {
            throw .invalid(
                "Webhook name '\(name.prefix(100))' is invalid. It must start and end with a letter or "
                    + "digit, be less than 63 characters long, and contain only letters, digits, dots "
                    + "(.), underscores (_), and hyphens (-)."
            )
        }
    }
}
