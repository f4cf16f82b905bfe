import Crypto
import FleetIdentity
import FleetRuntime
import Foundation
import NIOHTTP1

/// What a version consists of, as the shore signed it.
struct BundleManifest: Sendable {
    struct File: Sendable {
        let path: String
        let sha256: String
        let size: Int64
    }

    let json: JSONValue
    let files: [File]

    /// - Parameters:
    ///   - version: the version's path, below `/api/v1/`.
    ///   - key: the release key's public part, that has to have signed it.
    /// - Returns: nil where there is none.
    /// - Throws: `CommandError`, also where it is not what its digest or its signature says.
    static func find(
        _ version: String,
        signedBy key: Curve25519.Signing.PublicKey? = nil,
        _ client: ShoreClient
    ) async throws -> BundleManifest? {
        let found = try await client.ask(.GET, "\(version)/manifest", mayBeMissing: true)
        guard found.status != 404 else { return nil }
        let answer = try found.json
        guard let text = answer["manifest"]?.string, let digest = answer["sha256"]?.string,
            Hexadecimal.text(SHA256.hash(data: Data(text.utf8))) == digest,
            let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        else { throw CommandError("the manifest is damaged: it is not what its digest says") }
        if let key {
            // As core-server signs it: the line can be of nothing else.
            let message = Data("hawser model version manifest sha256:\(digest)\n".utf8)
            guard let digits = answer["signature"]?.string,
                let signature = Hexadecimal.bytes(digits.utf8),
                key.isValidSignature(signature, for: message)
            else {
                throw CommandError(
                    "the manifest is not signed by this release key",
                    hint: "ask who runs the shore for the release.pub of now; don't use the files"
                )
            }
        }
        let files = try (json["files"]?.items ?? []).map { item -> File in
            guard let path = item["path"]?.string, let sha256 = item["sha256"]?.string,
                case .integer(let size)? = item["size"], size >= 0
            else { throw CommandError("the manifest has a file without path, digest or size") }
            return File(path: path, sha256: sha256, size: size)
        }
        return BundleManifest(json: json, files: files)
    }

    /// Reads `release.pub` of an installation: 64 hexadecimal digits.
    static func releaseKey(_ path: String) throws -> Curve25519.Signing.PublicKey {
        let text = try AtomicFile.readText(path, limit: 1024)
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Hexadecimal.bytes(digits.utf8),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { throw CommandError("\(path) holds no release key: 64 hexadecimal digits") }
        return key
    }
}
