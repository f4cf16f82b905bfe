import FleetModel

/// Bounds on frames, checked before a byte of them is kept.
package enum ProtocolLimits {
    /// A data frame's payload and at most 32 bytes of lane, sequence, offset and record count; a piece of
    /// an artifact needs fewer.
    package static let dataBodyBytes = Limits.framePayloadBytes + 32

    /// Any other frame: a hello with every lane and its ledger is below 1 kB, a certificate below
    /// 2 kB; 8 kB leaves room for what later versions append.
    package static let controlBodyBytes = 8 * 1024

    /// Kind, length as a varint of at most three bytes, and the checksum behind the body.
    package static let headerBytes = 4
    package static let checksumBytes = 4

    /// Lanes in one message: those that exist, and room for those to come.
    package static let lanes = 32

    package static let agentVersionBytes = 64
    package static let goodbyeMessageBytes = 512
    package static let certificateBytes = 4 * 1024
}
