import CoreDomain
import CoreRegistry
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers as MLflow's clients expect them.
enum MLflowAnswer {
    static func json(_ value: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: value.compactBytes))
        )
    }

    /// The error in MLflow's words; what is not for callers says nothing.
    static func failure(
        _ error: any Error,
        _ request: Request,
        _ context: APIContext
    ) -> Response {
        let known: RegistryError
        var retryAfter: Int?
        switch error {
        case let error as RegistryError: known = error
        case let error as DomainError:
            known = RegistryError(error.code.mlflow, error.message)
            retryAfter = error.retryAfter
        default:
            if let limit = RegistryError(limitOf: error) {
                known = limit
                break
            }
            let problem = Problem(error, instance: nil)
            known = RegistryError(Self.code(problem.status), problem.detail)
            if problem.status >= 500 { context.logger.error("request failed: \(error)") }
        }
        var response = json(
            .object([
                ("error_code", .string(known.code.rawValue)), ("message", .string(known.message)),
            ]),
            status: .init(code: known.code.status)
        )
        switch known.code {
        case .unauthenticated: response.headers[.wwwAuthenticate] = "Bearer realm=\"hawser\""
        case .exhausted, .unavailable: response.headers[.retryAfter] = "\(retryAfter ?? 2)"
        default: break
        }
        return response
    }

    private static func code(_ status: Int) -> RegistryError.Code {
        switch status {
        case 401: .unauthenticated
        case 403: .forbidden
        case 404: .missing
        case 409: .conflict
        case 429: .exhausted
        case 503: .unavailable
        case 500...: .internal
        default: .invalid
        }
    }
}

extension DomainError.Code {
    fileprivate var mlflow: RegistryError.Code {
        switch self {
        case .invalid, .preconditionFailed, .preconditionRequired, .unprocessable, .tooLarge,
            .unsupportedMediaType:
            .invalid
        case .unauthenticated: .unauthenticated
        case .forbidden: .forbidden
        case .notFound, .gone: .missing
        case .conflict: .conflict
        case .overloaded, .quotaExceeded: .exhausted
        case .unavailable: .unavailable
        }
    }
}
