import FleetRuntime
import FoundationEssentials

extension AuditWitness {
    private struct Text: Decodable {
        let seal: Int64
        let last: Int64
        let hash: String
        let signature: String
    }

    private struct Status: Decodable {
        let ship: String?
        let witness: Text
    }

    /// From what `ship-agent status --json` prints, or its member `witness` alone.
    ///
    /// - Returns: whose it is, and the witness.
    package static func read(_ path: String) throws -> AuditVerifier.Testimony {
        let data = Data(try AtomicFile.read(path, limit: 1 << 20))
        let status = try? JSONDecoder().decode(Status.self, from: data)
        guard let text = status?.witness ?? (try? JSONDecoder().decode(Text.self, from: data)),
            let hash = AuditHash(hex: text.hash), let signature = Hexadecimal.bytes(text.signature)
        else {
            throw FileError(
                "read",
                path,
                reason: "it holds no witness: give what 'ship-agent status --json' prints aboard"
            )
        }
        return AuditVerifier.Testimony(
            of: status?.ship ?? "the ship of \(path)",
            AuditWitness(seal: text.seal, last: text.last, hash: hash, signature: signature)
        )
    }
}
