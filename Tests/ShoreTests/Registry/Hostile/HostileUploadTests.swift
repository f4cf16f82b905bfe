import CoreDomain
import CoreRegistry
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Uploads and downloads that are not what they say.
@Suite(.shore, .timeLimit(.minutes(10)))
struct HostileUploadTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    // MARK: Parts

    @Test func `parts are taken in any order and again, and completed as they were sent alone`()
        async throws
    {
        let hostile = try await HostileTenant("order", shore)
        let (id, places) = try await hostile.beginUpload("model", parts: 3)
        try #require(places.count == 3)
        var tags = ["", "", ""]
        for (number, text) in [(2, "C"), (0, "x"), (0, "A")] {
            let answer = try await hostile.call(places[number], "PUT", text)
            #expect(answer.status == 200, "\(answer.body)")
            tags[number] = answer["etag"] ?? ""
        }
        func complete(_ parts: [(Int, String)]) async throws -> APIResponse {
            try await hostile.completeUpload(id, "model", parts.map { (number: $0.0, tag: $0.1) })
        }
        // One is missing, however it is told.
        for parts in [
            [(1, tags[0]), (3, tags[2])], [(1, tags[0]), (2, tags[2]), (3, tags[2])],
            [(1, tags[0]), (2, ""), (3, tags[2])], [], [(1, tags[0])],
        ] {
            let answer = try await complete(parts)
            #expect(answer.isRefusal, "\(parts): \(answer.status) \(answer.body)")
        }
        #expect(try await hostile.artifacts() == "{}", "it shows before it is whole")
        let last = try await hostile.call(places[1], "PUT", "B")
        tags[1] = last["etag"] ?? ""
        let whole = [(1, tags[0]), (2, tags[1]), (3, tags[2])]
        for parts in [
            whole + [(4, tags[0])], whole + [(1, tags[0])], Array(whole.dropLast()),
            [(1, tags[1]), (2, tags[0]), (3, tags[2])],
            [(0, tags[0]), (2, tags[1]), (-3, tags[2])],
            whole.map { ($0.0, String($0.1.reversed())) },
        ] {
            let answer = try await complete(parts)
            #expect(answer.isRefusal, "\(parts): \(answer.status) \(answer.body)")
        }
        let elsewhere = try await hostile.completeUpload(
            id,
            "other",
            whole.map { (number: $0.0, tag: $0.1) }
        )
        #expect(elsewhere.isRefusal, "\(elsewhere.body)")
        // In another order they are the same parts.
        #expect(try await complete(whole.reversed()).status == 200)
        let file = try await hostile.call("\(HostileTenant.root)/artifacts/1/model")
        #expect(file.body == "ABC")
        // It has ended.
        #expect(try await complete(whole).status == 404)
        #expect(try await hostile.call(places[0], "PUT", "D").status == 404)
        #expect(
            try await hostile.call("\(HostileTenant.root)/artifacts/1/model").body == "ABC"
        )
    }

    @Test func `an upload has a number of parts, and a part is of one upload and one tenant`()
        async throws
    {
        let (hostile, other) = (
            try await HostileTenant("parts", shore), try await HostileTenant("neighbour", shore)
        )
        for count in [0, -1, 10_001, Int.max] {
            let answer = try await hostile.call(
                "\(HostileTenant.root)/mpu/create/1",
                "POST",
                #"{"path": "model", "num_parts": \#(count)}"#,
                ["Content-Type: application/json"]
            )
            #expect(answer.isRefusal, "\(count): \(answer.status)")
        }
        let (first, places) = try await hostile.beginUpload("a", parts: 2)
        let (second, others) = try await hostile.beginUpload("b", parts: 2)
        let (third, strangers) = try await other.beginUpload("a", parts: 2)
        let sent = try await hostile.call(places[0], "PUT", "A")
        let tag = sent["etag"] ?? ""
        // A URL is of its part, its upload and its tenant.
        for place in [
            places[0].replacing("/1?", with: "/2?"), places[0].replacing("/1?", with: "/3?"),
            places[0].replacing("/1?", with: "/x?"), places[0].replacing(first, with: second),
            places[0].replacing(first, with: third),
            places[0].replacing(
                "/parts/\(hostile.tenant.id.rawValue)/",
                with: "/parts/\(other.tenant.id.rawValue)/"
            ), String(places[0].dropLast(2)),
        ] {
            for party in [hostile, other] {
                let answer = try await party.call(place, "PUT", "stolen")
                #expect([400, 403].contains(answer.status), "\(place): \(answer.status)")
            }
        }
        // The tags of one's own parts complete nobody else's upload.
        for (party, id, path) in [
            (hostile, second, "b"), (hostile, third, "a"), (other, first, "a"),
        ] {
            let answer = try await party.completeUpload(
                id,
                path,
                [(number: 1, tag: tag), (number: 2, tag: tag)]
            )
            #expect(answer.isRefusal, "\(answer.status) \(answer.body)")
        }
        // Another's is not aborted either; its parts are taken still.
        let abort = try await other.call(
            "\(HostileTenant.root)/mpu/abort/1",
            "POST",
            #"{"path": "a", "upload_id": "\#(first)"}"#,
            ["Content-Type: application/json"]
        )
        #expect(abort.status == 200)
        #expect(try await hostile.call(places[1], "PUT", "B").status == 200)
        #expect(others.count == 2 && strangers.count == 2)
        for party in [hostile, other] { #expect(try await party.artifacts() == "{}") }
    }

    @Test func `an empty part is a part, and a file of none is empty`() async throws {
        let hostile = try await HostileTenant("empty", shore)
        let (id, places) = try await hostile.beginUpload("empty", parts: 1)
        let sent = try await hostile.call(places[0], "PUT", "")
        let done = try await hostile.completeUpload(
            id,
            "empty",
            [(number: 1, tag: sent["etag"] ?? "")]
        )
        #expect(done.status == 200, "\(done.body)")
        let file = try await hostile.call("\(HostileTenant.root)/artifacts/1/empty")
        #expect(file.status == 200 && file.body.isEmpty && file["content-length"] == "0")
    }

    // MARK: Signed

    @Test func `a signed URL ends with its time, and is of one file, one name and one tenant`()
        async throws
    {
        let (hostile, other) = (
            try await HostileTenant("signer", shore), try await HostileTenant("reader", shore)
        )
        #expect(try await hostile.put("1/x", "secret").status == 200)
        #expect(try await other.put("1/x", "other").status == 200)
        let answer = try await hostile.call("\(HostileTenant.root)/presigned/1/x")
        let url = try #require(answer.json["url"] as? String)
        let path = try #require(url.components(separatedBy: "/api/").last.map { "/api/" + $0 })
        #expect(try await shore.call(path).body == "secret")
        let digest = try #require(path.split(separator: "/").dropLast().last)
        let signer = ArtifactSigner(keys: shore.keys)
        func signed(_ seconds: Int64, tenant: HostileTenant, name: String = "x") -> String {
            let expires = Timestamp.now.milliseconds / 1000 + seconds
            let grant = ArtifactSigner.Grant.download(digest: String(digest), name: name)
            let signature = signer.signature(of: grant, tenant: tenant.tenant.id, expires: expires)
            return
                "\(HostileTenant.root)/signed/files/\(tenant.tenant.id.rawValue)/\(digest)/\(name)"
                + "?expires=\(expires)&signature=\(signature)"
        }
        #expect(try await shore.call(signed(60, tenant: hostile)).body == "secret")
        #expect(try await shore.call(signed(-1, tenant: hostile)).status == 403)
        // Signed as well, but of content that the other tenant does not have.
        #expect(try await shore.call(signed(60, tenant: other)).status == 404)
        let good = signed(60, tenant: hostile)
        for wrong in [
            good.replacing("/x?", with: "/y?"), good.replacing("/x?", with: "/../x?"),
            good.replacing("expires=", with: "expires=9"), good + "A",
            good.replacing("expires=", with: "expires=-"),
            good.replacing("?", with: "?expires=9999999999&"),
            good.replacing("signature=", with: "signature=&signature="),
            good.replacing("/files/", with: "/parts/"),
        ] {
            let status = try await shore.call(wrong).status
            #expect([400, 403, 404, 405].contains(status), "\(wrong): \(status)")
        }
    }

    // MARK: Lengths and ranges

    @Test func `a body in chunks whose end never comes is not a file`() async throws {
        let hostile = try await HostileTenant("chunks", shore)
        #expect(try await hostile.put("1/kept", "kept").status == 200)
        let endings = [
            "3\r\nabc\r\n", "5\r\nab", "zz\r\nabc\r\n", "", "3\r\nabc\r\n-1\r\n", "3\r\nabcd\r\n",
        ]
        let names = ["kept"] + endings.indices.map { "broken-\($0)" }
        for (ending, name) in zip([endings[0]] + endings, names) {
            let client = try await WireClient.connect(
                port: shore.apiPort,
                authority: shore.authority
            )
            client.send(
                Array(
                    ("PUT \(HostileTenant.root)/artifacts/1/\(name) HTTP/1.1\r\nHost: localhost\r\n"
                        + "Authorization: Bearer \(hostile.token)\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + ending).utf8
                )
            )
            // It is on its way to the disk when the connection ends.
            try await Task.sleep(for: .milliseconds(300))
            client.close()
        }
        let incoming = "\(shore.data)/artifacts/\(hostile.tenant.id.rawValue)/incoming"
        try await eventually("nothing is left of what broke off") {
            TemporaryDirectory.names(in: incoming).isEmpty
        }
        try await Task.sleep(for: .seconds(1))
        #expect(try await hostile.call("\(HostileTenant.root)/artifacts/1/kept").body == "kept")
        for name in names.dropFirst() {
            let answer = try await hostile.call("\(HostileTenant.root)/artifacts/1/\(name)")
            #expect(answer.status == 404, "\(name): \(answer.status) \(answer.body)")
        }
        #expect(!shore.log.contains("request failed"), "\(shore.log)")
    }

    @Test func `a body that is not as long as it says leaves nothing`() async throws {
        let hostile = try await HostileTenant("liar", shore)
        func send(_ headers: String, _ body: String, closes: Bool) async throws -> String {
            let client = try await WireClient.connect(
                port: shore.apiPort,
                authority: shore.authority
            )
            defer { client.close() }
            let head =
                "PUT \(HostileTenant.root)/artifacts/1/lie HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer \(hostile.token)\r\n\(headers)\r\n\r\n"
            client.send(Array((head + body).utf8))
            if closes {
                try await Task.sleep(for: .milliseconds(300))
                return ""
            }
            try await eventually("it is answered") {
                client.isClosed || client.received.contains(UInt8(ascii: "\n"))
            }
            return String(decoding: client.received, as: UTF8.self)
        }
        // Less than it says, and then nothing more.
        _ = try await send("Content-Length: 1000", "short", closes: true)
        // More: what is behind the end is another request, and none that anyone would take.
        let more = try await send(
            "Content-Length: 3\r\nConnection: close",
            "abcdefgh",
            closes: false
        )
        #expect(more.hasPrefix("HTTP/1.1 200") || more.hasPrefix("HTTP/1.1 400"), "\(more)")
        for headers in [
            "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 1e3",
            "Content-Length: 0x10", "Content-Length: ",
        ] {
            let answer = try await send(headers, "abc", closes: false)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(headers): \(answer)")
        }
        // Chunks need no length; a chunk that lies is refused.
        let chunked = try await send(
            "Transfer-Encoding: chunked",
            "3\r\nabc\r\n0\r\n\r\n",
            closes: false
        )
        #expect(chunked.hasPrefix("HTTP/1.1 200"), "\(chunked)")
        let lie = try await send("Transfer-Encoding: chunked", "zz\r\nabc\r\n", closes: false)
        #expect(lie.isEmpty || lie.hasPrefix("HTTP/1.1 4"), "\(lie)")
        let file = try await hostile.call("\(HostileTenant.root)/artifacts/1/lie")
        #expect(file.body == "abc", "\(file.status) \(file.body)")
        let large = try await send("Content-Length: 999999999999999", "", closes: false)
        #expect(large.hasPrefix("HTTP/1.1 4"), "\(large)")
        let incoming = "\(shore.data)/artifacts/\(hostile.tenant.id.rawValue)/incoming"
        try await eventually("nothing is left of what broke off") {
            TemporaryDirectory.names(in: incoming).isEmpty
        }
    }

    @Test(
        arguments: [
            "bytes=", "bytes=-", "bytes=--1", "bytes=0-0-0", "bytes=0x0-1", "bytes= 0 - 1 ",
            "bytes=18446744073709551616-18446744073709551617", "bytes=-9223372036854775809",
            "bytes=9223372036854775807-", "bytes=1-0", "bytes=０-１", "bytes=0-1;q=1", "BYTES=0-1",
            "bytes=" + (0..<2000).map { "\($0)-\($0)" }.joined(separator: ","), "none", "=",
            "bytes=\u{1}",
        ]
    )
    func `an absurd range is answered with a part, the whole, or that there is none`(
        _ range: String
    ) async throws {
        let hostile = try await HostileTenant("r\(UInt32.random(in: 0...(.max)))", shore)
        #expect(try await hostile.put("1/x", "hello").status == 200)
        let answer = try await hostile.call(
            "\(HostileTenant.root)/artifacts/1/x",
            "GET",
            nil,
            ["Range: \(range)"]
        )
        switch answer.status {
        case 200: #expect(answer.body == "hello")
        case 206: #expect("hello".contains(answer.body) && answer["content-range"] != nil)
        case 416: #expect(answer.body.isEmpty && answer["content-range"] == "bytes */5")
        // Too long for a header, or no text that a header may have.
        case 400, 431: break
        default: Issue.record("\(range.prefix(40)): \(answer.status)")
        }
    }
}
