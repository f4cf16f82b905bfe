import ArgumentParser

/// `HOST:PORT`; an IPv6 host stands in brackets.
struct ListenAddress: Sendable, Equatable, ExpressibleByArgument, CustomStringConvertible {
    var host: String
    /// 0 draws a free port.
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port)
    }

    init?(argument: String) {
        self.init(argument)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
