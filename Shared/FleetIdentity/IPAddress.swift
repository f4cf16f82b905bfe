import Glibc

/// A numeric IPv4 or IPv6 address in network byte order, as certificates carry it.
struct IPAddress {
    let bytes: [UInt8]

    /// `nil` for anything but a numeric address.
    init?(_ text: String) {
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
}
