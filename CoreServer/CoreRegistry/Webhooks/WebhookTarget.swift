/// Where a webhook goes: a URL in its parts, each of harmless characters, so that no two readers of it
/// can mean different hosts.
package struct WebhookTarget: Sendable, Hashable {
    private static let longest = 2000

    /// Whether it is http, which everybody on the way can read.
    package let isPlain: Bool
    /// In lower case, without brackets.
    package let host: String
    package let port: Int
    /// With the query.
    package let path: String

    /// - Throws: `RegistryError` `invalid`.
    package init(_ url: String) throws(RegistryError) {
        guard url.utf8.count <= Self.longest else {
            throw .invalid("'url' exceeds the maximum length of \(Self.longest) characters")
        }
        let lower = url.prefix(8).lowercased()
        if lower.hasPrefix("https://") {
            isPlain = false
        } else if lower.hasPrefix("http://") {
            isPlain = true
        } else {
            throw .invalid("Invalid webhook URL: it begins with https://")
        }
        let rest = url.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { !"/?#".contains($0) }
        let tail = rest.dropFirst(authority.count)
        guard tail.utf8.allSatisfy(Self.isHarmless) else {
            throw .invalid(
                "Invalid webhook URL: its path holds characters that have to be percent-encoded, or a "
                    + "fragment"
            )
        }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        (host, port) = try Self.place(String(authority), default: isPlain ? 80 : 443)
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"#<>\\^`{|}".utf8.contains(byte)
    }

    private static func place(
        _ authority: String,
        default port: Int
    ) throws(RegistryError) -> (String, Int) {
        let malformed = RegistryError.invalid(
            "Invalid webhook URL: after https:// it has a host, or host:port, and nobody's name"
        )
        var host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            host = authority.dropFirst().prefix { $0 != "]" }
            rest = authority.dropFirst(host.count + 1)
            guard rest.first == "]", NetworkAddress(String(host))?.bytes.count == 16 else {
                throw malformed
            }
            rest = rest.dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority.dropFirst(host.count)
            if host.hasSuffix(".") { host = host.dropLast() }
            let isName =
                (1...253).contains(host.utf8.count)
                && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                    (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(isOfName)
                }
            guard isName else { throw malformed }
        }
        guard !rest.isEmpty else { return (host.lowercased(), port) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let own = Int(digits),
            (1...65_535).contains(own)
        else { throw malformed }
        return (host.lowercased(), own)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
        default: false
        }
    }

    /// As it is asked for.
    package var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isPlain ? "http" : "https")://\(name):\(port)\(path)"
    }
}
