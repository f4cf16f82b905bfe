/// The host and port in an http or https URL.
struct HTTPAddress {
    let hostAndPort: String

    /// `nil` for anything but an http or https URL with a host.
    init?(_ url: String) {
        let rest: Substring
        let defaultPort: String
        if url.hasPrefix("http://") {
            rest = url.dropFirst(7)
            defaultPort = "80"
        } else if url.hasPrefix("https://") {
            rest = url.dropFirst(8)
            defaultPort = "443"
        } else {
            return nil
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@").last ?? ""
        guard !host.isEmpty, !host.hasPrefix(":"), !host.contains(where: \.isWhitespace) else {
            return nil
        }
        let hasPort = host.hasPrefix("[") ? host.contains("]:") : host.contains(":")
        hostAndPort = hasPort ? String(host) : "\(host):\(defaultPort)"
    }
}
