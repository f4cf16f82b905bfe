/// Why the registry refuses a request, in MLflow's own words: its clients match on the code, and some
/// on the message.
package struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// MLflow's error codes, as far as this server answers them.
    package enum Code: String, Sendable {
        case invalid = "INVALID_PARAMETER_VALUE"
        case exists = "RESOURCE_ALREADY_EXISTS"
        case missing = "RESOURCE_DOES_NOT_EXIST"
        case unauthenticated = "UNAUTHENTICATED"
        case forbidden = "PERMISSION_DENIED"
        case notImplemented = "NOT_IMPLEMENTED"
        case noEndpoint = "ENDPOINT_NOT_FOUND"
        case exhausted = "RESOURCE_EXHAUSTED"
        case conflict = "RESOURCE_CONFLICT"
        case unavailable = "TEMPORARILY_UNAVAILABLE"
        case `internal` = "INTERNAL_ERROR"

        /// The HTTP status. MLflow's client tries 408, 429 and every 5xx again for minutes, so that
        /// no mistake of a caller may be one of those; a name in use is 400 there.
        package var status: Int {
            switch self {
            case .invalid, .exists: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .missing, .noEndpoint: 404
            case .conflict: 409
            case .exhausted: 429
            case .internal: 500
            case .notImplemented: 501
            case .unavailable: 503
            }
        }
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// A value that can't be.
    package static func invalid(_ message: String) -> RegistryError {
        RegistryError(.invalid, message)
    }

    package static func missing(_ message: String) -> RegistryError {
        RegistryError(.missing, message)
    }

    package static func exists(_ message: String) -> RegistryError {
        RegistryError(.exists, message)
    }
}
