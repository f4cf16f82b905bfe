import CoreDomain
import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime

/// Calls of an S3-compatible store, signed, and again where the store asks for it.
struct S3Client: Sendable {
    /// What parts of a large object are, and from when on an object is large.
    static let partBytes: Int64 = 64 * 1024 * 1024
    private static let attempts = 4
    private static let listBytes = 4 * 1024 * 1024

    let place: S3Place
    let signature: S3Signature
    let transport: any S3Transport
    let clock: WallClock

    init(
        _ place: S3Place,
        _ credentials: S3Credentials,
        _ transport: any S3Transport,
        _ clock: WallClock
    ) {
        self.place = place
        signature = S3Signature(place: place, credentials: credentials)
        self.transport = transport
        self.clock = clock
    }

    /// - Parameters:
    ///   - path: encoded, from the bucket on.
    ///   - query: in the order of the names; the values as they are.
    /// - Throws: `RegistryError` `unavailable` where nothing but a failure of the store comes.
    func call(
        _ method: String,
        _ path: String,
        query: [(String, String)] = [],
        headers: [(name: String, value: String)] = [],
        body: S3Request.Body = .bytes([]),
        answerLimit: Int = 64 * 1024
    ) async throws -> S3Answer {
        let text = query.map { "\(FormText.encoded($0.0))=\(FormText.encoded($0.1))" }
            .joined(separator: "&")
        let digest =
            switch body {
            case .bytes(let bytes): Hexadecimal.text(SHA256.hash(data: bytes))
            // Sealed frames tell by themselves whether they are whole.
            case .file: "UNSIGNED-PAYLOAD"
            }
        var backoff = Backoff(floor: .milliseconds(200), ceiling: .seconds(5))
        var trouble = "it can't be reached"
        for attempt in 1...Self.attempts {
            let request = S3Request(
                method: method,
                url: place.endpoint + path + (text.isEmpty ? "" : "?\(text)"),
                headers: headers
                    + signature.headers(
                        method: method,
                        path: path,
                        query: text,
                        digest: digest,
                        at: clock.now()
                    ),
                body: body,
                answerLimit: answerLimit
            )
            do {
                let answer = try await transport.send(request)
                guard answer.status == 429 || answer.status >= 500 else { return answer }
                trouble = "it answered \(answer.status)"
            } catch {
                // Whatever the client says of it may hold the request.
                try Task.checkCancellation()
            }
            if attempt < Self.attempts {
                try await Task.sleep(for: backoff.next(random: .random(in: 0..<1)))
            }
        }
        throw RegistryError(.unavailable, "the artifact store is not there: \(trouble)")
    }

    /// What an answer that is no success is.
    static func failure(_ answer: S3Answer) -> RegistryError {
        let code = tags("Code", in: String(decoding: answer.body, as: UTF8.self)).first ?? ""
        return RegistryError(
            .unavailable,
            "the artifact store refused with \(answer.status) \(code.prefix(64))"
        )
    }

    // MARK: Objects

    func put(_ key: String, _ path: String, size: Int64) async throws {
        if size > Self.partBytes {
            try await putParts(key, path, size: size)
        } else {
            let part = FilePart(path: path, offset: 0, count: size)
            let answer = try await call("PUT", place.path(key), body: .file(part))
            guard answer.status == 200 else { throw Self.failure(answer) }
        }
        // What is shown is there, and whole.
        let answer = try await call("HEAD", place.path(key))
        guard answer.status == 200, answer.headers["content-length"] == "\(size)" else {
            throw RegistryError(.unavailable, "the artifact store did not keep what it was sent")
        }
    }

    private func putParts(_ key: String, _ file: String, size: Int64) async throws {
        let begun = try await call("POST", place.path(key), query: [("uploads", "")])
        guard begun.status == 200,
            let id = Self.tags("UploadId", in: String(decoding: begun.body, as: UTF8.self)).first
        else { throw Self.failure(begun) }
        do {
            var list = "<CompleteMultipartUpload>"
            var number = 1
            for offset in stride(from: 0, to: size, by: Int(Self.partBytes)) {
                let part = FilePart(
                    path: file,
                    offset: offset,
                    count: min(Self.partBytes, size - offset)
                )
                let answer = try await call(
                    "PUT",
                    place.path(key),
                    query: [("partNumber", "\(number)"), ("uploadId", id)],
                    body: .file(part)
                )
                guard answer.status == 200, let tag = answer.headers["etag"] else {
                    throw Self.failure(answer)
                }
                let plain = tag.filter { $0 != "\"" && $0 != "<" && $0 != "&" }
                list +=
                    "<Part><PartNumber>\(number)</PartNumber><ETag>&quot;\(plain)&quot;</ETag></Part>"
                number += 1
            }
            list += "</CompleteMultipartUpload>"
            let answer = try await call(
                "POST",
                place.path(key),
                query: [("uploadId", id)],
                body: .bytes(Array(list.utf8))
            )
            // A failure may come with 200, behind the blanks that kept the connection.
            let text = String(decoding: answer.body, as: UTF8.self)
            guard answer.status == 200, !text.contains("<Error>") else {
                throw Self.failure(answer)
            }
        } catch {
            _ = try? await call("DELETE", place.path(key), query: [("uploadId", id)])
            throw error
        }
    }

    /// - Returns: nil where there is no such object.
    func get(_ key: String, at offset: Int64, count: Int) async throws -> [UInt8]? {
        guard count > 0 else { return [] }
        let answer = try await call(
            "GET",
            place.path(key),
            headers: [(name: "range", value: "bytes=\(offset)-\(offset + Int64(count) - 1)")],
            answerLimit: count + 64 * 1024
        )
        switch answer.status {
        case 206: return answer.body
        case 404: return nil
        case 416: return []
        default: throw Self.failure(answer)
        }
    }

    func delete(_ key: String) async throws {
        let answer = try await call("DELETE", place.path(key))
        guard [200, 204, 404].contains(answer.status) else { throw Self.failure(answer) }
    }

    struct Listed: Sendable {
        /// Below the prefix.
        let key: String
        let modifiedAt: Timestamp
        let size: Int64
    }

    func list(_ prefix: String, after: String?, limit: Int) async throws -> [Listed] {
        var query = [("list-type", "2"), ("max-keys", "\(min(1000, limit))")]
        query.append(("prefix", place.key(prefix)))
        if let after { query.append(("start-after", place.key(after))) }
        let answer = try await call(
            "GET",
            "/\(place.bucket)",
            query: query,
            answerLimit: Self.listBytes
        )
        guard answer.status == 200 else { throw Self.failure(answer) }
        let text = String(decoding: answer.body, as: UTF8.self)
        let skipped = place.key("").utf8.count
        return Self.tags("Contents", in: text).compactMap { item in
            guard let key = Self.tags("Key", in: item).first,
                let time = Self.tags("LastModified", in: item).first.flatMap({
                    Timestamp(parsing: $0)
                }),
                let size = Self.tags("Size", in: item).first.flatMap({ Int64($0) })
            else { return nil }
            let below = String(decoding: key.utf8.dropFirst(skipped), as: UTF8.self)
            return Listed(key: below, modifiedAt: time, size: size)
        }
    }

    /// Ends uploads in parts that a process that is no more began.
    func abortUploads(_ prefix: String, before moment: Timestamp) async throws -> Int {
        let answer = try await call(
            "GET",
            "/\(place.bucket)",
            query: [("prefix", place.key(prefix)), ("uploads", "")],
            answerLimit: Self.listBytes
        )
        guard answer.status == 200 else { throw Self.failure(answer) }
        var count = 0
        for item in Self.tags("Upload", in: String(decoding: answer.body, as: UTF8.self)) {
            guard let key = Self.tags("Key", in: item).first,
                let id = Self.tags("UploadId", in: item).first,
                let time = Self.tags("Initiated", in: item).first.flatMap({
                    Timestamp(parsing: $0)
                }), time < moment
            else { continue }
            _ = try await call("DELETE", "/\(place.bucket)/\(key)", query: [("uploadId", id)])
            count += 1
        }
        return count
    }

    // MARK: Texts

    /// What stands within each element of a name: enough for answers of one known form, of which this
    /// server wrote all the values.
    static func tags(_ name: String, in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "<\(name)>") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "</\(name)>") else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}
