import FleetModel
import FleetRuntime
import NIOHTTP1

/// Who may send to a listener, and how they show it. A listener that others than this machine can
/// reach does not start without.
package struct IntakeKeys: Sendable {
    package let apiKeys: APIKeys?
    package let signingKeys: SigningKeys?

    package init(apiKeys: APIKeys?, signingKeys: SigningKeys?) {
        self.apiKeys = apiKeys
        self.signingKeys = signingKeys
    }

    /// Reads the files that the configuration names.
    ///
    /// - Throws: `FileError`, or `KeyFileError` without the file's name.
    package init(apiKeyFile: String?, signingKeyFile: String?) throws {
        let limit = IntakeLimits.keyFileBytes
        apiKeys = try apiKeyFile.map {
            try APIKeys(lines: AtomicFile.readText($0, limit: limit))
        }
        signingKeys = try signingKeyFile.map {
            try SigningKeys(lines: AtomicFile.readText($0, limit: limit))
        }
    }

    /// Whether anybody at all must show something.
    package var areAsked: Bool { apiKeys != nil || signingKeys != nil }

    /// What a request's header shows.
    enum Shown: Sendable {
        /// Nothing is asked for.
        case nothing
        case key(name: String)
        /// To be verified when the body is there.
        case claim(SigningKeys.Claim, SigningKeys)
    }

    func shown(by headers: HTTPHeaders, now: Timestamp) throws(IntakeProblem) -> Shown {
        guard areAsked else { return .nothing }
        if let signingKeys, let key = headers.first(name: "x-hawser-key"),
            let timestamp = headers.first(name: "x-hawser-timestamp"),
            let signature = headers.first(name: "x-hawser-signature")
        {
            let claim = try signingKeys.claim(
                key: key,
                timestamp: timestamp,
                signature: signature,
                now: now
            )
            return .claim(claim, signingKeys)
        }
        if let apiKeys, let key = Self.key(in: headers), let name = apiKeys.name(of: key) {
            return .key(name: name)
        }
        throw IntakeProblem(
            .unauthorized,
            "unauthorized",
            "show an API key (Authorization: Bearer, or X-API-Key), or sign the request"
        )
    }

    private static func key(in headers: HTTPHeaders) -> String? {
        if let key = headers.first(name: "x-api-key") { return key }
        guard let authorization = headers.first(name: "authorization"),
            authorization.utf8.count <= 512,
            authorization.prefix(7).lowercased() == "bearer "
        else { return nil }
        return String(authorization.dropFirst(7).drop { $0 == " " })
    }
}
