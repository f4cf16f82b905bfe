import FleetTestSupport
import Foundation
import Testing

/// Requests that are too long, too deep, too slow or two at once: each is answered with a problem, by
/// code that stands before every route.
@Suite(.shore, .timeLimit(.minutes(10)))
struct RequestLimitTests {
    /// Sends bytes as they are, and gives all that comes until the server ends the connection.
    private func exchange(_ text: String, _ shore: Shore) async throws -> String {
        let client = try await WireClient.connect(port: shore.apiPort, authority: shore.authority)
        defer { client.close() }
        client.send(Array(text.utf8))
        try await eventually("the server ends the connection") { client.isClosed }
        return String(decoding: client.received, as: UTF8.self)
    }

    private func expectProblem(
        _ status: Int,
        for text: String,
        _ shore: Shore,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let received = try await exchange(text, shore)
        let answer = try #require(
            APIResponse(received),
            "\(received)",
            sourceLocation: sourceLocation
        )
        #expect(answer.status == status, sourceLocation: sourceLocation)
        #expect(answer.problem != nil, "\(received)", sourceLocation: sourceLocation)
        // One answer: what came behind was not taken for another request.
        #expect(
            received.components(separatedBy: "HTTP/1.1 ").count == 2,
            "\(received)",
            sourceLocation: sourceLocation
        )
    }

    private static let head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"

    @Test func `headers and addresses have a length`() async throws {
        let shore = try Shore.current()
        let long = String(repeating: "a", count: 20_000)
        try await expectProblem(431, for: Self.head + "X-Long: \(long)\r\n\r\n", shore)
        let many = (0..<150).map { "X-\($0): 1\r\n" }.joined()
        try await expectProblem(431, for: Self.head + many + "\r\n", shore)
        let path = String(repeating: "b", count: 9_000)
        try await expectProblem(
            414,
            for: "GET /\(path) HTTP/1.1\r\nHost: localhost\r\n\r\n",
            shore
        )
        #expect(try await shore.call("/healthz").status == 200)
    }

    @Test(
        arguments: [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "Content-Length: +5\r\n\r\nhello",
            "Content-Length: 5, 6\r\n\r\nhello",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        ]
    )
    func `a request whose end two readers could see in two places is refused`(
        _ framing: String
    ) async throws {
        let shore = try Shore.current()
        let behind = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try await expectProblem(
            400,
            for: "POST /api/v1/enrolments HTTP/1.1\r\nHost: localhost\r\n" + framing + behind,
            shore
        )
    }

    @Test func `a request without a host, and what is none, are refused`() async throws {
        let shore = try Shore.current()
        try await expectProblem(400, for: "GET /healthz HTTP/1.1\r\n\r\n", shore)
        try await expectProblem(400, for: "what is this\r\n\r\n", shore)
    }

    @Test func `JSON has a depth, and bodies a size`() async throws {
        let shore = try Shore.current()
        func post(_ body: String) async throws -> APIResponse {
            try await shore.call(
                "/api/v1/enrolments",
                method: "POST",
                headers: ["Content-Type: application/json"],
                body: body
            )
        }
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        let answer = try await post(deep)
        #expect(answer.status == 400)
        #expect(answer.json["detail"] as? String == "JSON goes at most 32 levels deep")
        let flat = try await post("{\"token\": \"\(String(repeating: "[", count: 40))\"}")
        #expect(flat.json["detail"] as? String != "JSON goes at most 32 levels deep")
        let large = try await post("\"\(String(repeating: "a", count: 70_000))\"")
        #expect(large.status == 413)
        #expect(large.problem != nil)
    }

    @Test func `whoever sends byte by byte is cut off, and others are answered meanwhile`()
        async throws
    {
        let shore = try Shore.current()
        let slowHead = try await WireClient.connect(
            port: shore.apiPort,
            authority: shore.authority
        )
        let slowBody = try await WireClient.connect(
            port: shore.apiPort,
            authority: shore.authority
        )
        defer {
            slowHead.close()
            slowBody.close()
        }
        slowHead.send(Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".utf8))
        slowBody.send(
            Array(
                ("POST /api/v1/enrolments HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n").utf8
            )
        )
        try await eventually("both are cut off", timeout: .seconds(240)) {
            slowHead.send([UInt8(ascii: "a")])
            slowBody.send([UInt8(ascii: "b")])
            #expect(try await shore.call("/healthz").status == 200)
            try await Task.sleep(for: .milliseconds(500))
            return slowHead.isClosed && slowBody.isClosed
        }
        #expect(slowHead.received.isEmpty)
        let answer = try #require(
            APIResponse(String(decoding: slowBody.received, as: UTF8.self))
        )
        #expect(answer.status == 408)
        #expect(answer.problem == "request_timeout")
    }
}
