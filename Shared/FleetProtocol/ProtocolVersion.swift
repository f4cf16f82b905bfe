/// Versions of the sync protocol, and the name under which TLS negotiates it.
package enum ProtocolVersion {
    /// The oldest and newest version that this program speaks.
    package static let oldest: UInt32 = 1
    package static let newest: UInt32 = 1

    /// ALPN, RFC 7301. Its number changes only if the frame header itself ever does.
    package static let applicationProtocol = "hawser/1"
}
