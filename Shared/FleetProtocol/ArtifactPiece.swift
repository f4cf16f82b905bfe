import FleetModel

/// Bytes of an artifact on their way down.
package struct ArtifactPiece: Sendable, Equatable {
    package static let prefixBytes = 8

    /// The first bytes of the content's digest: one ship fetches few things at once.
    package let content: [UInt8]
    package let offset: UInt64
    /// 1 to 16,384.
    package let payload: [UInt8]

    /// `nil` unless prefix and payload have their sizes.
    package init?(content: [UInt8], offset: UInt64, payload: [UInt8]) {
        guard content.count == Self.prefixBytes,
            1...Limits.framePayloadBytes ~= payload.count
        else { return nil }
        self.content = content
        self.offset = offset
        self.payload = payload
    }
}
