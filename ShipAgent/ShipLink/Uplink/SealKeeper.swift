import FleetIdentity
import FleetProtocol
import ShipStore

/// Keeps the newest seal of the tenant's audit that the shore has told, for whoever asks the ship
/// later what the shore once said.
package struct SealKeeper: Sendable {
    /// Four words: number, last entry, hash and signature.
    package static let factKey = "audit_witness"

    let store: ShipStore

    func kept() async throws -> SealNotice? {
        try await store.fact(Self.factKey).flatMap(Self.notice)
    }

    /// What the ship holds from now on: the higher number, and the first that came under it, so that
    /// a shore that was set back can't have it forget.
    func keep(_ notice: SealNotice) async throws -> SealNotice {
        if let kept = try await kept(), kept.seal >= notice.seal { return kept }
        try await store.setFact(Self.factKey, Self.text(notice))
        return notice
    }

    private static func text(_ notice: SealNotice) -> String {
        "\(notice.seal) \(notice.last) \(Hexadecimal.text(notice.hash)) \(Hexadecimal.text(notice.signature))"
    }

    private static func notice(_ text: String) -> SealNotice? {
        let words = text.split(separator: " ")
        guard words.count == 4, let seal = UInt64(words[0]), let last = UInt64(words[1]),
            let hash = Hexadecimal.bytes(words[2].utf8),
            let signature = Hexadecimal.bytes(words[3].utf8)
        else { return nil }
        return SealNotice(seal: seal, last: last, hash: hash, signature: signature)
    }
}
