import Crypto
import FleetSeries

extension Holding {
    /// What a `holdings` frame carries, in the order given.
    package static func encoded(_ holdings: [Holding]) -> [UInt8] {
        var writer = ByteWriter(reserving: 256)
        let told = holdings.prefix(limit)
        writer.writeVarint(told.count)
        for holding in told {
            writer.writeByte(holding.kind.rawValue)
            writer.writeText(holding.slot?.rawValue ?? "")
            writer.writeBytes(holding.digest.bytes)
            writer.writeVarint(holding.bytes)
        }
        return writer.bytes
    }

    /// - Throws: `DirectiveRefusal` `malformed`.
    package static func decoded(_ bytes: [UInt8]) throws(DirectiveRefusal) -> [Holding] {
        do {
            var reader = ByteReader(bytes)
            var holdings: [Holding] = []
            for _ in 0..<(try reader.readCount(limit: limit)) {
                let kind = try RuleCoding.value(Kind.init, &reader)
                let name = try reader.readText(limit: SlotName.limit)
                let slot = SlotName(name)
                guard slot != nil || name.isEmpty else {
                    throw DirectiveRefusal(.malformed, "a slot can't have such a name")
                }
                guard let digest = TreeDigest(try reader.readBytes(TreeDigest.size)) else {
                    throw ByteError.truncated
                }
                let size = try reader.readVarint()
                holdings.append(Holding(kind: kind, slot: slot, digest: digest, bytes: size))
            }
            try reader.finish()
            return holdings
        } catch let refusal as DirectiveRefusal {
            throw refusal
        } catch {
            throw DirectiveRefusal(.malformed, "\(error)")
        }
    }

    /// What a hello says of holdings: the first 64 bits of the SHA-256 of their encoded form.
    package static func mark(of encoded: [UInt8]) -> UInt64 {
        SHA256.hash(data: encoded).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
