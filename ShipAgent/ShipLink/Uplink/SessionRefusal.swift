/// A session that was ended with a word, by the shore or by the ship's own rule.
struct SessionRefusal: Error, CustomStringConvertible {
    /// The shore's word; `nil` where it is the ship's own rule.
    var code: String?
    let reason: String
    /// How long to stay away, if that was said.
    let retryAfter: Duration?

    var description: String { reason }
}
