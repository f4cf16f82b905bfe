import CorePostgres
import Crypto
import FleetModel
import FoundationEssentials

/// Changes that are tried again with the same key are done once, and answered the same.
///
/// Answers are kept sealed: a key of the caller's own credential opens them, which is nowhere in the
/// database; so a new token that was in an answer can't be read from a copy of it.
package struct IdempotentRequests: Sendable {
    package struct Key: Sendable {
        let text: String
        let hash: [UInt8]
        let seal: SymmetricKey

        /// - Parameters:
        ///   - text: as the caller chose it.
        ///   - request: all that makes the request what it is.
        ///   - credential: the caller's secret.
        package init(_ text: String, request: [UInt8], credential: String) throws(DomainError) {
            let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard (1...200).contains(text.utf8.count), isPlain else {
                throw DomainError(
                    .invalid,
                    "Idempotency-Key has 1 to 200 visible ASCII characters"
                )
            }
            self.text = text
            seal = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Array(credential.utf8)),
                salt: Array(text.utf8),
                info: Array("hawser idempotent answer".utf8),
                outputByteCount: 32
            )
            // With the credential: another one could not open the answer.
            hash = Array(HMAC<SHA256>.authenticationCode(for: request, using: seal))
        }
    }

    package struct Answer: Sendable, Codable, Hashable {
        package let status: Int
        package let headers: [String: String]
        package let body: String

        package init(status: Int, headers: [String: String], body: String) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    package static let lifetime = Duration.seconds(86_400)

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Does it, or gives the answer of when it was done.
    ///
    /// - Parameter body: an answer that was reached; what it throws changed nothing, and may be tried
    ///   again with the same key.
    /// - Throws: `DomainError` `unprocessable` where the key stands for another request, `conflict`
    ///   while the first is under way.
    package func once(
        _ key: Key,
        by caller: Principal,
        at now: Timestamp,
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        if let known = try await claim(key, caller, now) { return known }
        let answer: Answer
        do {
            answer = try await body()
        } catch {
            // Whether it was done is not known: the key stays taken, rather than do it twice.
            if let error = error as? PostgresError, error.code == .commitOutcomeUnknown {
                throw error
            }
            try? await run(IdempotencyQueries.release, key, caller)
            throw error
        }
        let sealed = try AES.GCM.seal(JSONEncoder().encode(answer), using: key.seal)
        guard let combined = sealed.combined else { return answer }
        try await run(
            IdempotencyQueries.store,
            key,
            caller,
            [.int32(Int32(answer.status)), .null, .text(combined.base64EncodedString())]
        )
        return answer
    }

    private func run(
        _ statement: Statement,
        _ key: Key,
        _ caller: Principal,
        _ more: [PostgresValue] = []
    ) async throws {
        try await pool.transaction(tenant: caller.tenant) { connection in
            _ = try connection.execute(
                statement,
                values: [.int64(caller.tenant.rawValue), .int64(caller.user), .text(key.text)]
                    + more
            )
        }
    }

    /// - Returns: `nil` where it is the caller's to do now.
    private func claim(_ key: Key, _ caller: Principal, _ now: Timestamp) async throws -> Answer? {
        try await pool.transaction(tenant: caller.tenant) { connection in
            let tenant = PostgresValue.int64(caller.tenant.rawValue)
            _ = try connection.execute(
                IdempotencyQueries.forget,
                tenant,
                .timestamp(now - Self.lifetime)
            )
            let isClaimed =
                try connection.execute(
                    IdempotencyQueries.claim,
                    tenant,
                    .int64(caller.user),
                    .text(key.text),
                    .bytes(key.hash),
                    .timestamp(now)
                ).first != nil
            if isClaimed { return nil }
            let row = try connection.execute(
                IdempotencyQueries.find,
                tenant,
                .int64(caller.user),
                .text(key.text)
            ).first
            return try Self.answer(of: row, key)
        }
    }

    private static func answer(of row: PostgresRow?, _ key: Key) throws -> Answer {
        guard let row, try row.bytes("request_hash") == key.hash else {
            throw DomainError(.unprocessable, "this Idempotency-Key was used for another request")
        }
        guard let text = try row.optionalText("body"), let sealed = Data(base64Encoded: text) else {
            throw DomainError(
                .conflict,
                "the first request with this Idempotency-Key is under way, or was cut off: see "
                    + "whether it was done before you take another key"
            )
        }
        let opened = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key.seal)
        return try JSONDecoder().decode(Answer.self, from: opened)
    }
}
