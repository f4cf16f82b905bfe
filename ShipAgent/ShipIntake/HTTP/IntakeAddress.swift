import Glibc

/// Where a listener listens: `HOST:PORT`; an IPv6 host stands in brackets.
package struct IntakeAddress: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    /// 0 draws a free port.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `nil` for anything but a numeric address (or `localhost`) and a port: a name could mean
    /// another machine tomorrow, and whether a key is asked for depends on it.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        var four = in_addr()
        var six = in6_addr()
        guard
            !isBracketed && (host == "localhost" || inet_pton(AF_INET, host, &four) == 1)
                || isBracketed && inet_pton(AF_INET6, host, &six) == 1
        else { return nil }
        self.init(host: host, port: port)
    }

    /// Whether only programs on this machine can reach it.
    package var isLoopback: Bool {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            return UInt32(bigEndian: four.s_addr) >> 24 == 127
        }
        return host == "localhost" || host == "::1"
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
