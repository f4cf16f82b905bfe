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
        "\(notice.seal) \(notice.last) \(hex(notice.hash)) \(hex(notice.signature))"
    }

    private static func notice(_ text: String) -> SealNotice? {
        let words = text.split(separator: " ")
        guard words.count == 4, let seal = UInt64(words[0]), let last = UInt64(words[1]) else {
            return nil
        }
        return SealNotice(seal: seal, last: last, hash: bytes(words[2]), signature: bytes(words[3]))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hex: Substring) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            UInt8(String(digits[index...index + 1]), radix: 16)
        }
    }
}
