/// A ship's wish for bytes of an offer: from where it has them durably, to where it will take them now.
///
/// The next one with the same content replaces it; one whose end is its beginning stops the flow.
package struct ArtifactFetch: Sendable, Equatable {
    package let content: [UInt8]
    package let from: UInt64
    package let to: UInt64

    /// `nil` unless the digest has its size and the stretch does not end before it begins.
    package init?(content: [UInt8], from: UInt64, to: UInt64) {
        guard content.count == ArtifactOffer.digestBytes, from <= to else { return nil }
        self.content = content
        self.from = from
        self.to = to
    }
}
