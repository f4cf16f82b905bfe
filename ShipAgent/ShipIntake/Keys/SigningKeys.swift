import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime
import NIOHTTP1
import Synchronization

/// Signatures of whole requests with a secret that never travels: for listeners that others on the
/// ship's network can reach, where an API key could be overheard.
///
/// A request carries `X-Hawser-Key` (the secret's name), `X-Hawser-Timestamp` (seconds since 1970,
/// perhaps with a fraction, or RFC 3339) and `X-Hawser-Signature`: HMAC-SHA256 in hexadecimal over
/// timestamp, method, target and the body's SHA-256 in hexadecimal, with a line feed between each
/// two. A signature is good once, and for five minutes.
package final class SigningKeys: Sendable {
    /// What the header says, before the body is known.
    struct Claim: Sendable {
        let name: String
        let timestamp: String
        let at: Timestamp
        let signature: [UInt8]
    }

    private struct Remembered {
        var ends: [[UInt8]: Timestamp] = [:]
    }

    private let secrets: [String: Secret]
    private let remembered = Mutex(Remembered())

    package init(lines text: String) throws(KeyFileError) {
        var secrets: [String: Secret] = [:]
        for (name, word) in try KeyFileLines.read(text) {
            guard word.utf8.count >= 32 else {
                throw KeyFileError("the secret of \(name) is shorter than 32 characters")
            }
            secrets[name] = Secret(word)
        }
        self.secrets = secrets
    }

    /// Reads the header's claim, and throws where it can't be true whatever the body.
    func claim(
        key: String,
        timestamp: String,
        signature: String,
        now: Timestamp
    ) throws(IntakeProblem) -> Claim {
        guard timestamp.utf8.count <= 40, let at = Timestamp(parsing: timestamp),
            at >= now - IntakeLimits.signatureAge, at <= now + IntakeLimits.signatureAge
        else {
            throw IntakeProblem(
                .unauthorized,
                "signature_time",
                "X-Hawser-Timestamp is not within 5 minutes of the ship's clock"
            )
        }
        guard secrets[key] != nil, let digits = try? Fingerprint(hexadecimal: signature) else {
            throw Self.wrong
        }
        return Claim(name: key, timestamp: timestamp, at: at, signature: digits.bytes)
    }

    /// Checks a claim against the whole request, and that it was not made before.
    func verify(
        _ claim: Claim,
        method: String,
        target: String,
        bodyHash: [UInt8],
        now: Timestamp
    ) throws(IntakeProblem) {
        guard let secret = secrets[claim.name] else { throw Self.wrong }
        let text = "\(claim.timestamp)\n\(method)\n\(target)\n\(Hexadecimal.text(bodyHash))"
        // Compares in constant time.
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(
            claim.signature,
            authenticating: Array(text.utf8),
            using: SymmetricKey(data: Array(secret.reveal().utf8))
        )
        guard isRight else { throw Self.wrong }
        let refusal: IntakeProblem? = remembered.withLock { remembered in
            if let end = remembered.ends[claim.signature], end >= now {
                return IntakeProblem(
                    .unauthorized,
                    "signature_used",
                    "this signature was used before: sign each request anew"
                )
            }
            if remembered.ends.count >= IntakeLimits.signaturesRemembered {
                remembered.ends = remembered.ends.filter { $0.value >= now }
            }
            guard remembered.ends.count < IntakeLimits.signaturesRemembered else {
                return IntakeProblem(
                    .tooManyRequests,
                    "too_many_signatures",
                    "more signed requests than can be told apart: send fewer and larger ones",
                    retryAfter: .seconds(10)
                )
            }
            remembered.ends[claim.signature] = claim.at + IntakeLimits.signatureAge * 2
            return nil
        }
        if let refusal { throw refusal }
    }

    private static var wrong: IntakeProblem {
        IntakeProblem(.unauthorized, "wrong_signature", "the signature does not fit the request")
    }
}
