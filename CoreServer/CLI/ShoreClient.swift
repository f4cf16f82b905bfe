import AsyncHTTPClient
import FleetRuntime
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks the shore's API.
struct ShoreClient: Sendable {
    /// What came back, read whole.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var json: JSONValue {
            get throws {
                guard !body.isEmpty else { return .null }
                do {
                    return try JSONDecoder().decode(JSONValue.self, from: Data(body))
                } catch {
                    throw CommandError("the shore's answer is no JSON: is this a Hawser shore?")
                }
            }
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private struct Problem: Decodable {
        let detail: String?
        let title: String?
    }

    private static let timeout = TimeAmount.seconds(120)
    /// Of what may take a slow line long; one that stands still ends after the read timeout.
    private static let transferTimeout = TimeAmount.hours(12)
    /// Without a byte: a tar of thousands of files is sent long before it is stored.
    private static let readTimeout = TimeAmount.minutes(15)
    private static let answerBytes = 64 * 1024 * 1024

    private let base: String
    private let token: String
    private let tenant: String?
    private let reason: String?
    private let client: HTTPClient

    /// - Throws: `CommandError`.
    init(
        server: String,
        authorityFile: String?,
        token: String,
        tenant: String?,
        reason: String?
    ) throws {
        guard let url = URL(string: server), url.scheme == "https", url.host?.isEmpty == false
        else {
            throw CommandError("\(server) is not the address of a shore: use https://HOST:PORT")
        }
        base = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
        self.tenant = tenant
        self.reason = reason
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: Self.readTimeout)
        if let authorityFile {
            let authorities: [NIOSSLCertificate]
            do {
                authorities = try NIOSSLCertificate.fromPEMFile(authorityFile)
            } catch {
                throw CommandError("\(authorityFile) holds no certificate in PEM")
            }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(authorities)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async { try? await client.shutdown() }

    /// - Parameters:
    ///   - path: below `/api/v1/`, encoded.
    ///   - version: what must not have changed since it was read.
    ///   - mayBeMissing: whether 404 is an answer.
    /// - Throws: `CommandError` with the problem's own words.
    func ask(
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)] = [],
        body: JSONValue? = nil,
        version: String? = nil,
        accept: String = "application/json",
        mayBeMissing: Bool = false
    ) async throws -> Answer {
        try await answer(
            start(method, path, query: query, body: body, version: version, accept: accept),
            mayBeMissing: mayBeMissing
        )
    }

    /// Sends bytes of any length.
    func upload(
        _ path: String,
        query: [(String, String)] = [],
        _ body: HTTPClientRequest.Body,
        type: String
    ) async throws -> Answer {
        var request = prepared(.POST, path, query: query)
        request.headers.add(name: "content-type", value: type)
        request.body = body
        return try await answer(execute(request, timeout: Self.transferTimeout))
    }

    private func answer(
        _ response: HTTPClientResponse,
        mayBeMissing: Bool = false
    ) async throws -> Answer {
        let read: ByteBuffer
        do {
            read = try await response.body.collect(upTo: Self.answerBytes)
        } catch {
            throw CommandError(
                "the shore's answer broke off: \(CommandLineFailure.describe(error))"
            )
        }
        let answer = Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(read.readableBytesView)
        )
        guard (200..<300).contains(answer.status) || mayBeMissing && answer.status == 404 else {
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
            let words = problem?.detail ?? problem?.title ?? "\(response.status)"
            throw CommandError(
                words,
                hint: answer.status == 401 ? "is the token the right one?" : nil
            )
        }
        return answer
    }

    /// Reads an answer of any length in pieces.
    func stream(
        _ path: String,
        query: [(String, String)] = [],
        accept: String = "application/json",
        _ piece: (ByteBuffer) throws -> Void
    ) async throws {
        let response = try await start(.GET, path, query: query, accept: accept)
        guard response.status == .ok else {
            let words = try? await response.body.collect(upTo: 64 * 1024)
            let problem = words.flatMap {
                try? JSONDecoder().decode(Problem.self, from: Data($0.readableBytesView))
            }
            throw CommandError(problem?.detail ?? "\(response.status)")
        }
        for try await buffer in response.body { try piece(buffer) }
    }

    private func start(
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)] = [],
        body: JSONValue? = nil,
        version: String? = nil,
        accept: String = "application/json"
    ) async throws -> HTTPClientResponse {
        var request = prepared(method, path, query: query, accept: accept)
        if let version { request.headers.add(name: "if-match", value: version) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        if method == .POST {
            // Trying again after a lost answer changes nothing twice.
            request.headers.add(name: "idempotency-key", value: UUID().uuidString)
        }
        return try await execute(request, timeout: Self.timeout)
    }

    private func prepared(
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)],
        accept: String = "application/json"
    ) -> HTTPClientRequest {
        var url = "\(base)/api/v1/\(path)"
        if !query.isEmpty {
            url +=
                "?" + query.map { "\(Self.encoded($0))=\(Self.encoded($1))" }.joined(separator: "&")
        }
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "accept", value: accept)
        if let tenant { request.headers.add(name: "hawser-tenant", value: tenant) }
        if let reason { request.headers.add(name: "hawser-reason", value: reason) }
        return request
    }

    private func execute(
        _ request: HTTPClientRequest,
        timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: timeout)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("\(base) does not answer: \(CommandLineFailure.describe(error))")
        }
    }

    /// One part of a path or a query.
    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}
