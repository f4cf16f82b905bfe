/// Why the shore refuses a request, in words for whoever asked. The edge turns the code into a
/// status; the text is safe to show and never tells about another tenant.
package struct DomainError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Malformed or out of range.
        case invalid
        /// No token, or one that is unknown, expired or revoked.
        case unauthenticated
        /// A known caller without the permission.
        case forbidden
        /// Not there, or not this tenant's: the two can't be told apart.
        case notFound = "not_found"
        case conflict
        /// A one-time thing that was used, or whose time is over.
        case gone
        /// Too much at once: come again.
        case overloaded
        /// Somebody whom this needs does not answer, or not rightly: come again.
        case unavailable
        /// Changed since the caller looked.
        case preconditionFailed = "precondition_failed"
        /// A change that does not say what it is meant for.
        case preconditionRequired = "precondition_required"
        /// Understood, and not to be done so.
        case unprocessable
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        /// A limit of the tenant's is reached: the error names it.
        case quotaExceeded = "quota_exceeded"
    }

    package let code: Code
    package let message: String
    /// The limit's name, where one is reached.
    package var limit: String?
    /// Seconds until it may be tried again, where that helps.
    package var retryAfter: Int?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
