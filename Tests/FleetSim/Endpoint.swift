import ArgumentParser

/// A host and a port on the command line.
struct Endpoint: ExpressibleByArgument, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = Int(argument[argument.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        // IPv6 addresses stand in brackets, as in URLs.
        let host = argument[..<colon].drop { $0 == "[" }
        self.host = host.last == "]" ? String(host.dropLast()) : String(host)
        self.port = port
        if self.host.isEmpty { return nil }
    }

    var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
