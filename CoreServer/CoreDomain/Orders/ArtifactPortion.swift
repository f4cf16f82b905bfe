/// What comes of a ship's wish for bytes.
package enum ArtifactPortion: Sendable, Equatable {
    case bytes([UInt8])
    /// Nothing goes, for the seconds given. The word is one of `FetchRefusal`.
    case refused(String, retryAfterSeconds: UInt32)
}
