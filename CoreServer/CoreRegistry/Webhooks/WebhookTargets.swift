/// Where webhooks may go, so that nobody has this server ask in networks that they can't reach
/// themselves: the world, or what whoever runs the server has listed.
package struct WebhookTargets: Sendable {
    private enum Entry: Sendable {
        case place(host: String, port: Int, isPlain: Bool)
        case block(NetworkBlock, isPlain: Bool)
    }

    private let entries: [Entry]

    /// The world, over https.
    package init() { entries = [] }

    /// - Parameter list: `host` (its port is 443), `host:port` or `10.1.0.0/16`, each perhaps behind
    ///   `http://`, which lets it be unencrypted. Nil if one is none of these.
    package init?(_ list: [String]) {
        var entries: [Entry] = []
        for text in list {
            let isPlain = text.hasPrefix("http://")
            let rest = isPlain ? String(text.dropFirst(7)) : text
            if let block = NetworkBlock(rest) {
                entries.append(.block(block, isPlain: isPlain))
            } else if !rest.contains("/"),
                let target = try? WebhookTarget((isPlain ? "http://" : "https://") + rest)
            {
                entries.append(.place(host: target.host, port: target.port, isPlain: isPlain))
            } else {
                return nil
            }
        }
        self.entries = entries
    }

    private func isListed(_ target: WebhookTarget) -> Bool {
        entries.contains { entry in
            guard case .place(let host, let port, let isPlain) = entry else { return false }
            return host == target.host && port == target.port && isPlain == target.isPlain
        }
    }

    /// What can be said before it is known which addresses the host has.
    ///
    /// - Returns: whether it may be whatever its addresses are.
    /// - Throws: `RegistryError` `invalid`.
    func check(_ target: WebhookTarget) throws(RegistryError) -> Bool {
        if isListed(target) { return true }
        let hasBlocks = entries.contains { entry in
            guard case .block(_, let isPlain) = entry else { return false }
            return isPlain == target.isPlain
        }
        guard entries.isEmpty || hasBlocks else {
            throw .invalid(
                "Webhook URL refused: its target is not on the list of this server (webhooks.allow)"
            )
        }
        guard hasBlocks || !target.isPlain else {
            throw .invalid("Webhook URL refused: it has to begin with https://")
        }
        return false
    }

    /// All of a host's addresses must be allowed: who has one of each would have it both ways.
    ///
    /// - Throws: `RegistryError` `invalid`, without the addresses: they are nobody's business.
    func check(_ target: WebhookTarget, at addresses: [NetworkAddress]) throws(RegistryError) {
        guard !addresses.isEmpty else {
            throw .invalid("Webhook URL refused: its host has no address")
        }
        if try check(target) { return }
        let blocks = entries.compactMap { entry -> NetworkBlock? in
            guard case .block(let block, let isPlain) = entry, isPlain == target.isPlain else {
                return nil
            }
            return block
        }
        let isAllowed = addresses.allSatisfy { address in
            entries.isEmpty
                ? address.isPublic : blocks.contains { $0.contains(address) }
        }
        guard isAllowed else {
            throw .invalid(
                entries.isEmpty
                    ? "Webhook URL refused: its host is not public"
                    : "Webhook URL refused: its target is not on the list of this server "
                        + "(webhooks.allow)"
            )
        }
    }
}
