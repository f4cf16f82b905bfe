import FleetModel

/// Writes an export's lines: JSON with its members always in the same order and nothing between, so
/// that a reader may demand just that. The form is documented in Deploy/README.md.
package enum AuditLine {
    package static func header(
        tenant: TenantID,
        name: String,
        keys: [AuditHash],
        at now: Timestamp
    ) -> [UInt8] {
        var line = Array("{\"format\":\"hawser-audit-1\",\"tenant\":\(tenant.rawValue),".utf8)
        member("name", name, to: &line)
        line += Array(",\"exported_at\":\(now.milliseconds),\"keys\":[".utf8)
        line += Array(keys.map { "\"\($0)\"" }.joined(separator: ",").utf8)
        line += Array("]}\n".utf8)
        return line
    }

    package static func witness(_ witness: AuditWitness, ship: String, at: Timestamp) -> [UInt8] {
        var line: [UInt8] = [0x7B]
        member("witness", ship, to: &line)
        line += Array(",\"seal\":\(witness.seal),\"last\":\(witness.last),\"hash\":\"".utf8)
        Hexadecimal.append(witness.hash.bytes, to: &line)
        line += Array("\",\"signature\":\"".utf8)
        Hexadecimal.append(witness.signature, to: &line)
        line += Array("\",\"at\":\(at.milliseconds)}\n".utf8)
        return line
    }

    /// - Parameter hash: as it is stored, right or wrong.
    package static func append(_ entry: AuditEntry, hash: [UInt8], to line: inout [UInt8]) {
        line += Array("{\"entry\":\(entry.sequence),\"at\":\(entry.at.milliseconds)".utf8)
        line += Array(",\"revision\":\(entry.revision),\"previous\":\"".utf8)
        Hexadecimal.append(entry.previous, to: &line)
        line += Array("\",".utf8)
        let texts = [
            ("actor", entry.actor), ("action", entry.action), ("target", entry.target),
            ("before", entry.before), ("after", entry.after), ("reason", entry.reason),
            ("request_id", entry.requestID),
        ]
        for (name, text) in texts {
            member(name, text, to: &line)
            line.append(0x2C)
        }
        line += Array("\"hash\":\"".utf8)
        Hexadecimal.append(hash, to: &line)
        line += Array("\"}\n".utf8)
    }

    /// - Parameters:
    ///   - hash: as it is stored.
    ///   - signature: over the witness's message.
    package static func append(
        _ seal: AuditSeal,
        hash: [UInt8],
        signature: [UInt8],
        to line: inout [UInt8]
    ) {
        line += Array("{\"seal\":\(seal.number),\"first\":\(seal.first),\"last\":\(seal.last)".utf8)
        line += Array(",\"at\":\(seal.signedAt.milliseconds)".utf8)
        let hashes = [
            ("root", seal.root.bytes), ("previous", seal.previous.bytes), ("key", seal.key.bytes),
            ("hash", hash), ("signature", signature),
        ]
        for (name, bytes) in hashes {
            line += Array(",\"\(name)\":\"".utf8)
            Hexadecimal.append(bytes, to: &line)
            line.append(0x22)
        }
        line += Array("}\n".utf8)
    }

    /// The last line: where the chain's head stood.
    package static func end(sequence: Int64, hash: [UInt8]) -> [UInt8] {
        Array("{\"end\":\(sequence),\"hash\":\"\(Hexadecimal.text(hash))\"}\n".utf8)
    }

    private static func member(_ name: String, _ text: String, to line: inout [UInt8]) {
        line += Array("\"\(name)\":\"".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x22: line += [0x5C, 0x22]
            case 0x5C: line += [0x5C, 0x5C]
            case 0..<0x20:
                line += Array("\\u00".utf8)
                Hexadecimal.append([byte], to: &line)
            default: line.append(byte)
            }
        }
        line.append(0x22)
    }
}
