/// A bucket of an S3-compatible store, and where in it, as the configuration names it:
/// `s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION`.
package struct S3Place: Sendable, Hashable {
    package let bucket: String
    /// Without slashes at its ends; may be empty.
    package let prefix: String
    /// `https://HOST[:PORT]`.
    package let endpoint: String
    package let region: String

    /// - Returns: nil for what is no such URL, or holds a credential.
    package init?(_ text: String) {
        guard text.hasPrefix("s3://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        let parts = text.dropFirst(5).split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: true)
        guard let bucket = path.first, bucket.utf8.count >= 3,
            path.allSatisfy({ $0 != "." && $0 != ".." && $0.utf8.allSatisfy(Self.isPlain) })
        else { return nil }
        self.bucket = String(bucket)
        prefix = path.dropFirst().joined(separator: "/")
        var options: [Substring: String] = [:]
        if parts.count > 1 {
            for option in parts[1].split(separator: "&") {
                let pair = option.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0] == "endpoint" || pair[0] == "region",
                    options.updateValue(String(pair[1]), forKey: pair[0]) == nil
                else { return nil }
            }
        }
        region = options["region"] ?? "us-east-1"
        guard region.utf8.allSatisfy(Self.isPlain) else { return nil }
        var endpoint = options["endpoint"] ?? "https://s3.\(region).amazonaws.com"
        if endpoint.hasSuffix("/") { endpoint.removeLast() }
        guard let scheme = ["https://", "http://"].first(where: { endpoint.hasPrefix($0) }),
            case let host = endpoint.dropFirst(scheme.count), !host.isEmpty,
            host.utf8.allSatisfy({ Self.isPlain($0) || [0x3A, 0x5B, 0x5D].contains($0) })
        else { return nil }
        self.endpoint = endpoint
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// As a request's `Host` says it.
    var host: Substring {
        endpoint.drop { $0 != "/" }.dropFirst(2)
    }

    /// The path of what lies at a key below the prefix; the keys of this server need no encoding.
    func path(_ key: String) -> String { "/\(bucket)/\(self.key(key))" }

    func key(_ key: String) -> String { prefix.isEmpty ? key : "\(prefix)/\(key)" }
}
