import CoreDomain
import CoreRegistry
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// An error as RFC 9457 tells it.
struct Problem: Codable, Sendable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let instance: String?
    /// Which of the tenant's limits is reached.
    var limit: String?
    /// Seconds until it may be tried again.
    var retry_after: Int?

    init(status: HTTPResponse.Status, word: String, detail: String, instance: String?) {
        type = "urn:hawser:problem:\(word)"
        // A status that was made of its number alone has no phrase of its own.
        title = HTTPResponseStatus(statusCode: status.code).reasonPhrase
        self.status = status.code
        self.detail = detail
        self.instance = instance
    }

    /// What a thrown error means to the caller. Errors that are not for callers say nothing.
    init(_ error: any Error, instance: String?) {
        switch error {
        case let error as DomainError:
            self.init(
                status: error.code.status,
                word: error.code.rawValue,
                detail: error.message,
                instance: instance
            )
            limit = error.limit
            retry_after = error.retryAfter
        case let error as RegistryError:
            self.init(
                status: .init(code: error.code.status),
                word: error.code.rawValue.lowercased(),
                detail: error.message,
                instance: instance
            )
        case let error as SignInThrottle.TooSoon:
            self.init(
                status: .tooManyRequests,
                word: "too_many_attempts",
                detail: error.description,
                instance: instance
            )
            retry_after = Int(clamping: error.seconds)
        case is NotAcceptable:
            self.init(
                status: .notAcceptable,
                word: "not_acceptable",
                detail: "this can be had as html, json, csv or text: see ?format=",
                instance: instance
            )
        case let error as any HTTPResponseError:
            self.init(
                status: error.status,
                word: "http_\(error.status.code)",
                detail: error.status.reasonPhrase,
                instance: instance
            )
        case _ where DatabaseTrouble.isTemporary(error):
            self.init(
                status: .serviceUnavailable,
                word: "unavailable",
                detail: "the database can't be reached at the moment; try again",
                instance: instance
            )
        default:
            self.init(
                status: .internalServerError,
                word: "internal",
                detail: "the server failed; its log tells more under this request's id",
                instance: instance
            )
        }
    }

    /// The same problem is the same text, and can be read by people.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    var response: Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/problem+json"
        if status == 429 { headers[.retryAfter] = "\(retry_after ?? 5)" }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"hawser\"" }
        return Response(
            status: .init(code: status, reasonPhrase: title),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension DomainError.Code {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .gone: .gone
        case .overloaded, .quotaExceeded: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .preconditionFailed: .preconditionFailed
        case .preconditionRequired: .preconditionRequired
        case .unprocessable: .unprocessableContent
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        }
    }
}
