import Crypto
import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1

/// Decides who is let in, and reads the body of who is: keys, rates, sizes and memory.
struct RequestDoor: Sendable {
    let keys: IntakeKeys
    let limiter: RateLimiter
    let budget: MemoryBudget
    let clock: WallClock

    /// - Throws: `IntakeProblem` for who is not let in, with the body unread or read in part; what
    ///   the connection throws when it ends.
    func admit(
        _ head: HTTPRequestHead,
        _ target: RequestTarget,
        to route: IntakeRoute,
        from peer: String,
        _ body: inout RequestBody,
        _ parts: inout HTTPConnection.Parts,
        _ outbound: HTTPConnection.Answers
    ) async throws -> IntakeRequest {
        let declared = try Self.declaredLength(head.headers, limit: route.bodyLimit)
        let (client, claim) = try identify(head.headers, peer)
        if let wait = limiter.admit(client, bytes: declared ?? 0) {
            throw IntakeProblem(
                .tooManyRequests,
                "rate_limit",
                "this client sends more than its rate allows",
                retryAfter: wait
            )
        }
        try await Self.makeRoom(declared ?? 0, &body)
        body.reserve(declared ?? 0)
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            try await outbound.write(.head(.init(version: .http1_1, status: .continue)))
        }
        try await read(limit: declared ?? route.bodyLimit, &body, &parts)
        if declared == nil { limiter.charge(client, bytes: body.buffer.readableBytes) }
        if case .claim(let claim, let signingKeys)? = claim {
            var hash = SHA256()
            body.buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            try signingKeys.verify(
                claim,
                method: head.method.rawValue,
                target: target.whole,
                bodyHash: Array(hash.finalize()),
                now: clock.now()
            )
        }
        return IntakeRequest(
            method: head.method,
            path: target.path,
            query: target.query,
            headers: head.headers,
            body: body.buffer,
            client: client
        )
    }

    private func identify(
        _ headers: HTTPHeaders,
        _ peer: String
    ) throws(IntakeProblem) -> (client: String, claim: IntakeKeys.Shown?) {
        // A page that a browser aboard shows must not send on behalf of whoever looks at it.
        guard !headers.contains(name: "origin") else {
            throw IntakeProblem(.forbidden, "browser", "web pages may not send here")
        }
        do throws(IntakeProblem) {
            let shown = try keys.shown(by: headers, now: clock.now())
            switch shown {
            case .nothing: return (peer, nil)
            case .key(let name): return (name, nil)
            case .claim(let claim, _): return (claim.name, shown)
            }
        } catch {
            // Guessing is held to a rate of its own.
            if let wait = limiter.admit("refused \(peer)", bytes: 0) {
                throw IntakeProblem(
                    .tooManyRequests,
                    "rate_limit",
                    "too many requests without a right key",
                    retryAfter: wait
                )
            }
            throw error
        }
    }

    private func read(
        limit: Int,
        _ body: inout RequestBody,
        _ parts: inout HTTPConnection.Parts
    ) async throws {
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            case .head:
                throw IntakeProblem(.badRequest, "malformed", "a request begins inside of another")
            case .body(let bytes):
                let count = body.buffer.readableBytes + bytes.readableBytes
                guard count <= limit else { throw Self.tooLarge(limit) }
                try await Self.makeRoom(count, &body)
                body.append(bytes)
            case .end:
                body.isWhole = true
                return
            }
        }
        throw ChannelError.inputClosed
    }

    private static func makeRoom(_ bytes: Int, _ body: inout RequestBody) async throws {
        guard try await body.makeRoom(for: bytes) else {
            throw IntakeProblem(
                .tooManyRequests,
                "no_memory",
                "too much is being taken in at once",
                retryAfter: .seconds(1)
            )
        }
    }

    private static func declaredLength(
        _ headers: HTTPHeaders,
        limit: Int
    ) throws(IntakeProblem) -> Int? {
        if let text = headers.first(name: "content-length") {
            guard let length = Int(text), length >= 0 else {
                throw IntakeProblem(.badRequest, "malformed", "the content length is no number")
            }
            guard length <= limit else { throw tooLarge(limit) }
            return length
        }
        return headers.contains(name: "transfer-encoding") ? nil : 0
    }

    private static func tooLarge(_ limit: Int) -> IntakeProblem {
        IntakeProblem(
            .payloadTooLarge,
            "body_too_large",
            "a body may have \(limit) bytes here: send less at once"
        )
    }
}
