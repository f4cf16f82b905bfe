import Crypto
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

    /// - Parameter version: the version's path, below `/api/v1/`.
    /// - Returns: nil where there is none.
    /// - Throws: `CommandError`, also where it is not what its digest says.
    static func find(_ version: String, _ client: ShoreClient) async throws -> BundleManifest? {
        let found = try await client.ask(.GET, "\(version)/manifest", mayBeMissing: true)
        guard found.status != 404 else { return nil }
        let answer = try found.json
        guard let text = answer["manifest"]?.string, let digest = answer["sha256"]?.string,
            hexadecimal(SHA256.hash(data: Data(text.utf8))) == digest,
            let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        else { throw CommandError("the manifest is damaged: it is not what its digest says") }
        let files = try (json["files"]?.items ?? []).map { item -> File in
            guard let path = item["path"]?.string, let sha256 = item["sha256"]?.string,
                case .integer(let size)? = item["size"], size >= 0
            else { throw CommandError("the manifest has a file without path, digest or size") }
            return File(path: path, sha256: sha256, size: size)
        }
        return BundleManifest(json: json, files: files)
    }

    static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
