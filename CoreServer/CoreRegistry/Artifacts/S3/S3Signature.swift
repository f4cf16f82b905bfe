import Crypto
import FleetIdentity
import FleetModel
import FleetRuntime

/// Who this server is in an S3-compatible store.
package struct S3Credentials: Sendable {
    let accessKey: String
    let secretKey: Secret
    let sessionToken: Secret?

    package init(accessKey: String, secretKey: Secret, sessionToken: Secret?) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

/// AWS Signature Version 4, of a request's headers.
struct S3Signature {
    let place: S3Place
    let credentials: S3Credentials

    /// - Parameters:
    ///   - query: encoded already, in the order of the names.
    ///   - digest: SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`.
    /// - Returns: the headers that make it signed.
    func headers(
        method: String,
        path: String,
        query: String,
        digest: String,
        at now: Timestamp
    ) -> [(name: String, value: String)] {
        let moment = Self.moment(now)
        let day = String(moment.prefix(8))
        var signed = [
            ("host", String(place.host)), ("x-amz-content-sha256", digest), ("x-amz-date", moment),
        ]
        if let token = credentials.sessionToken {
            signed.append(("x-amz-security-token", token.reveal()))
        }
        let names = signed.map(\.0).joined(separator: ";")
        let canonical = [
            method, path, query, signed.map { "\($0.0):\($0.1)\n" }.joined(), names, digest,
        ].joined(separator: "\n")
        let scope = "\(day)/\(place.region)/s3/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", moment, scope,
            Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8))),
        ].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretKey.reveal())".utf8)
        for part in [day, place.region, "s3", "aws4_request"] { key = Self.code(part, key) }
        let signature = Hexadecimal.text(Self.code(text, key))
        return signed.dropFirst().map { (name: $0.0, value: $0.1) } + [
            (
                name: "authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"
            )
        ]
    }

    private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: Array(text.utf8),
                using: SymmetricKey(data: key)
            )
        )
    }

    /// `20261121T105009Z`.
    private static func moment(_ now: Timestamp) -> String {
        let seconds = now.milliseconds / 1000
        let date = CivilDate.of(dayNumber: seconds / 86_400)
        let time = seconds % 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)\(two(date.month))\(two(date.day))T\(two(time / 3600))"
            + "\(two(time / 60 % 60))\(two(time % 60))Z"
    }
}
