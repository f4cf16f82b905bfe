import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// The artifact proxy as its clients meet it.
@Suite(.shore, .timeLimit(.minutes(10)))
struct ArtifactRouteTests {
    private static let root = "/api/2.0/mlflow-artifacts"

    private func put(
        _ shore: Shore,
        _ path: String,
        _ body: String,
        _ token: String?
    ) async throws -> APIResponse {
        try await shore.call(
            "\(Self.root)/artifacts/\(path)",
            method: "PUT",
            token: token,
            body: body
        )
    }

    @Test func `a file comes back whole, in parts, or not at all if it is known`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("parts")
        let token = try await shore.makeToken(tenant, role: .operator)
        #expect(try await put(shore, "1/a%20b.txt", "hello, world", token).status == 200)
        let path = "\(Self.root)/artifacts/1/a%20b.txt"
        let whole = try await shore.call(path, token: token)
        #expect(whole.status == 200 && whole.body == "hello, world")
        #expect(whole["accept-ranges"] == "bytes")
        #expect(whole["content-length"] == "12")
        #expect(whole["x-content-type-options"] == "nosniff")
        #expect(whole["content-disposition"] == "attachment; filename=\"a b.txt\"")
        let tag = try #require(whole["etag"])
        let cases: [(range: String, status: Int, body: String, content: String?)] = [
            ("bytes=0-4", 206, "hello", "bytes 0-4/12"),
            ("bytes=7-", 206, "world", "bytes 7-11/12"),
            ("bytes=-5", 206, "world", "bytes 7-11/12"),
            ("bytes=7-999999999999999999999", 206, "world", "bytes 7-11/12"),
            ("bytes=12-", 416, "", "bytes */12"),
            ("bytes=-0", 416, "", "bytes */12"),
            ("bytes=5-2", 200, "hello, world", nil),
            ("bytes=0-1,3-4", 200, "hello, world", nil),
            ("lines=0-1", 200, "hello, world", nil),
            ("bytes=a-b", 200, "hello, world", nil),
        ]
        for one in cases {
            let answer = try await shore.call(
                path,
                token: token,
                headers: ["Range: \(one.range)"]
            )
            #expect(answer.status == one.status, "\(one.range)")
            #expect(answer.body == one.body, "\(one.range)")
            #expect(answer["content-range"] == one.content, "\(one.range)")
        }
        let known = try await shore.call(path, token: token, headers: ["If-None-Match: \(tag)"])
        #expect(known.status == 304 && known.body.isEmpty)
        let other = try await shore.call(
            path,
            token: token,
            headers: ["Range: bytes=0-4", "If-Range: \"other\""]
        )
        #expect(other.status == 200 && other.body == "hello, world")
        let head = try await shore.call(path, method: "HEAD", token: token)
        #expect(head.status == 200 && head.body.isEmpty && head["content-length"] == "12")
    }

    @Test(
        arguments: [
            "..", "../x", "a/../../x", "%2e%2e/x", "%2e%2e%2fx", "%252e%252e%252fx", "%2fetc/x",
            "/etc/passwd", "a//b", "a/%00", "a%5cb", "c:/x", "a%23b", "a/./b", "%ff",
            "a/..%2f..%2fb",
        ]
    )
    func `a path that leads elsewhere is refused, up, down and away`(_ path: String) async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("t\(UInt32.random(in: 0...UInt32.max))")
        let token = try await shore.makeToken(tenant, role: .operator)
        for method in ["PUT", "GET", "DELETE"] {
            let answer = try await shore.call(
                "\(Self.root)/artifacts/\(path)",
                method: method,
                token: token,
                body: method == "PUT" ? "x" : nil
            )
            #expect([400, 404].contains(answer.status), "\(method): \(answer.status)")
        }
        let list = try await shore.call("\(Self.root)/artifacts", token: token)
        #expect(list.body.filter { !$0.isWhitespace } == "{}", "\(list.body)")
    }

    @Test func `whoever may only read changes nothing, and nobody sees another's`() async throws {
        let shore = try Shore.current()
        let (own, other) = (
            try await shore.makeTenant("own"), try await shore.makeTenant("other")
        )
        let token = try await shore.makeToken(own, role: .operator)
        #expect(try await put(shore, "1/x", "secret", token).status == 200)
        let path = "\(Self.root)/artifacts/1/x"
        let reader = try await shore.makeToken(own)
        #expect(try await shore.call(path, token: reader).body == "secret")
        #expect(try await put(shore, "1/x", "changed", reader).status == 403)
        #expect(try await shore.call(path, method: "DELETE", token: reader).status == 403)
        let stranger = try await shore.makeToken(other, role: .admin)
        #expect(try await shore.call(path, token: stranger).status == 404)
        #expect(try await shore.call(path, method: "DELETE", token: stranger).status == 200)
        #expect(try await shore.call(path).status == 401)
        #expect(try await shore.call(path, token: token).body == "secret")
    }

    @Test func `a signed URL gives one object, to whoever has it whole, and is in no log`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("signed")
        let token = try await shore.makeToken(tenant, role: .operator)
        #expect(try await put(shore, "1/x.txt", "hello", token).status == 200)
        #expect(try await put(shore, "1/y.txt", "other", token).status == 200)
        let answer = try await shore.call("\(Self.root)/presigned/1/x.txt", token: token)
        #expect(answer.json["file_size"] as? Int == 5)
        let url = try #require(answer.json["url"] as? String)
        let path = try #require(url.firstRange(of: "/api/").map { String(url[$0.lowerBound...]) })
        #expect(try await shore.call(path).body == "hello")
        let part = try await shore.call(path, headers: ["Range: bytes=1-2"])
        #expect(part.status == 206 && part.body == "el")
        let signature = try #require(path.split(separator: "=").last)
        for wrong in [
            path.replacing("x.txt", with: "y.txt"),
            path.replacing("expires=1", with: "expires=2"),
            path.replacing("/files/\(tenant.id.rawValue)/", with: "/files/999/"),
            String(path.dropLast()), String(path.prefix { $0 != "?" }),
            path.replacing(signature, with: String(signature.reversed())),
        ] {
            #expect(try await shore.call(wrong).status == 403, "\(wrong)")
        }
        #expect(try await shore.call(path, method: "PUT", body: "x").status != 200)
        #expect(!shore.log.contains(signature))
    }

    @Test func `a byte that was changed on the disk is an error, and never a wrong answer`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("damage")
        let token = try await shore.makeToken(tenant, role: .operator)
        let content = String(repeating: "0123456789abcdef", count: 40_000)
        #expect(try await put(shore, "1/x", content, token).status == 200)
        let home = "\(shore.data)/artifacts/\(tenant.id.rawValue)"
        let file = try #require(
            TemporaryDirectory.names(in: home).filter { $0 != "incoming" }.flatMap { shard in
                TemporaryDirectory.names(in: "\(home)/\(shard)").map { "\(home)/\(shard)/\($0)" }
            }.first
        )
        var bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.firstRange(of: Data("0123456789abcdef".utf8)) == nil)
        bytes[bytes.count - 100] ^= 4
        try bytes.write(to: URL(filePath: file))
        let path = "\(Self.root)/artifacts/1/x"
        let begin = try await shore.call(path, token: token, headers: ["Range: bytes=0-99"])
        #expect(begin.status == 206 && begin.body == String(content.prefix(100)))
        let end = try await shore.call(path, token: token, headers: ["Range: bytes=-50"])
        #expect(end.status == 409)
        #expect(end.json["error_code"] as? String == "RESOURCE_CONFLICT")
        let whole = try await shore.call(path, token: token)
        #expect(whole.body.utf8.count < content.utf8.count)
        #expect(content.hasPrefix(whole.body))
        #expect(try await shore.metric("hawser_artifact_damaged_total") == 1)
        // Sent once more it is mended.
        #expect(try await put(shore, "1/x", content, token).status == 200)
        #expect(try await shore.call(path, token: token).body == content)
    }
}
