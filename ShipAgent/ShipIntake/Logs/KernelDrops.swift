import FleetRuntime

/// Datagrams that the kernel threw away because a socket's buffer was full.
enum KernelDrops {
    private static let fileLimit = 4 * 1024 * 1024

    /// Of all sockets bound to this port; `nil` where the kernel doesn't say.
    static func count(udpPort port: Int) -> Int? {
        let files = ["/proc/net/udp", "/proc/net/udp6"].compactMap {
            try? AtomicFile.readText($0, limit: fileLimit)
        }
        return files.isEmpty ? nil : files.reduce(0) { $0 + count(in: $1, port: port) }
    }

    /// The last column of the lines whose local address ends with the port, in hexadecimal.
    static func count(in table: String, port: Int) -> Int {
        table.split(separator: "\n").dropFirst().reduce(0) { sum, line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 13, let colon = fields[1].lastIndex(of: ":"),
                Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port,
                let drops = fields.last.flatMap({ Int($0) })
            else { return sum }
            return sum + drops
        }
    }
}
