import Glibc

/// An address of a machine: 4 bytes or 16.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    /// - Parameter text: as `127.0.0.1` or `::1`, in full and without a zone; nothing shorter counts.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    package var description: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }

    /// Whether anybody in the world could be meant by it, and nobody in this machine's own networks. What
    /// carries an IPv4 address in an IPv6 one (mapped, compatible, 6to4, NAT64, Teredo) is not.
    package var isPublic: Bool {
        bytes.count == 4
            ? !Self.innerFour.contains { $0.contains(self) }
            : Self.world.contains(self) && !Self.innerSix.contains { $0.contains(self) }
    }

    /// IANA's registry of special addresses, and those for many receivers.
    private static let innerFour = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(NetworkBlock.init)
    private static let world = NetworkBlock(
        bytes: [0x20] + Array(repeating: 0, count: 15),
        length: 3
    )
    private static let innerSix = [
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(NetworkBlock.init)
}
