/// The shore does not send what a ship wished for, for now or at all.
package struct FetchRefusal: Sendable, Equatable {
    package let content: [UInt8]
    /// A word: `unknown`, `held_back`, `unavailable`.
    package let code: String
    /// Seconds until it may be asked for again.
    package let retryAfterSeconds: UInt32

    /// `nil` unless the digest has its size. A word that is too long is cut, and so is a time beyond a day.
    package init?(content: [UInt8], code: String, retryAfterSeconds: UInt32) {
        guard content.count == ArtifactOffer.digestBytes else { return nil }
        self.content = content
        self.code = String(code.prefix(DirectiveAnswer.textBytes / 4))
        self.retryAfterSeconds = min(retryAfterSeconds, Goodbye.longestAbsenceSeconds)
    }
}
