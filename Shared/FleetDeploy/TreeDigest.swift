import FleetIdentity

/// SHA-256 of an artifact's canonical tree: what it is, wherever it lies (`FleetDelta.ArtifactTree.digest`).
package struct TreeDigest: Hashable, Sendable, CustomStringConvertible {
    package static let size = 32

    package let bytes: [UInt8]

    /// `nil` unless there are 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = Array(bytes)
    }

    /// `nil` unless there are 64 hexadecimal digits in lower case.
    package init?(text: String) {
        guard let bytes = Hexadecimal.bytes(text.utf8), let digest = Self(bytes),
            digest.description == text
        else { return nil }
        self = digest
    }

    /// 64 hexadecimal digits.
    package var description: String { Hexadecimal.text(bytes) }
}
