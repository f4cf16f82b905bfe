/// What a target said.
package enum ForwardingAnswer: Sendable, Equatable {
    case accepted
    /// 5xx, 429, or no answer at all: come again.
    case later(String)
    /// Any other 4xx: the same request would be refused for ever.
    case refused(status: Int, reason: String)
}
