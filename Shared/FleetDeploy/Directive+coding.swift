import FleetModel
import FleetSeries

extension Directive {
    /// What one frame takes. Rules at all their limits at once would need more: a plan with such is refused.
    package static let encodedLimit = 8000

    /// What is signed and sent; the layout is in Shared/README.md.
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 256)
        writer.writeSignedVarint(ship.tenant.rawValue)
        writer.writeSignedVarint(ship.ship.rawValue)
        writer.writeVarint(counter)
        writer.writeSignedVarint(issuedAt.milliseconds)
        RuleCoding.write(notAfter, to: &writer)
        Self.write(order, to: &writer)
        return writer.bytes
    }

    /// Takes exactly what `encoded` writes: one directive has one form.
    ///
    /// - Throws: `DirectiveRefusal` `malformed`.
    package init(encoded bytes: [UInt8]) throws(DirectiveRefusal) {
        guard bytes.count <= Self.encodedLimit else {
            throw DirectiveRefusal(.malformed, "a directive has at most \(Self.encodedLimit) bytes")
        }
        do {
            var reader = ByteReader(bytes)
            let directive = Self(
                ship: ShipIdentity(
                    tenant: TenantID(try reader.readSignedVarint()),
                    ship: ShipID(try reader.readSignedVarint())
                ),
                counter: try reader.readVarint(),
                issuedAt: Timestamp(milliseconds: try reader.readSignedVarint()),
                notAfter: try RuleCoding.moment(&reader),
                order: try Self.order(&reader)
            )
            try reader.finish()
            self = directive
        } catch let refusal as DirectiveRefusal {
            throw refusal
        } catch {
            throw DirectiveRefusal(.malformed, "\(error)")
        }
        guard encoded == bytes else {
            throw DirectiveRefusal(.malformed, "a directive is not as it should be written")
        }
    }

    private static func write(_ order: Order, to writer: inout ByteWriter) {
        switch order {
        case .install(let installation):
            writer.writeByte(1)
            writer.writeText(installation.slot.rawValue)
            writer.writeVarint(installation.deployment)
            writer.writeBytes(installation.digest.bytes)
            writer.writeVarint(installation.size)
            writer.writeByte(installation.mode.rawValue)
            writer.writeByte(installation.replaces == nil ? 0 : 1)
            if let replaces = installation.replaces { writer.writeBytes(replaces.bytes) }
            RuleCoding.write(installation.download, to: &writer)
            RuleCoding.write(installation.activation, to: &writer)
            RuleCoding.write(installation.contract, to: &writer)
            RuleCoding.write(installation.contacts.map(UInt64.init), to: &writer)
        case .revoke(let revocation):
            writer.writeByte(3)
            writer.writeBytes(revocation.digest.bytes)
            RuleCoding.write(revocation.deployment, to: &writer)
            writer.writeByte(revocation.severity.rawValue)
        case .rollBack(let slot, let deployment, let digest):
            writer.writeByte(4)
            writer.writeText(slot.rawValue)
            writer.writeVarint(deployment)
            writer.writeBytes(digest.bytes)
        case .forget(let digest):
            writer.writeByte(5)
            writer.writeBytes(digest.bytes)
        case .trust(let publicKey):
            writer.writeByte(6)
            writer.writeBytes(publicKey)
        case .distrust(let keyID):
            writer.writeByte(7)
            writer.writeBytes(keyID)
        }
    }

    private static func order(_ reader: inout ByteReader) throws -> Order {
        switch try reader.readByte() {
        case 1: return .install(try installation(&reader))
        case 3:
            return .revoke(
                Revocation(
                    digest: try digest(&reader),
                    deployment: try RuleCoding.number(&reader),
                    severity: try RuleCoding.value(Revocation.Severity.init, &reader)
                )
            )
        case 4:
            return .rollBack(
                slot: try slot(&reader),
                deployment: try reader.readVarint(),
                digest: try digest(&reader)
            )
        case 5: return .forget(try digest(&reader))
        case 6: return .trust(publicKey: Array(try reader.readBytes(DirectiveKey.publicBytes)))
        case 7: return .distrust(keyID: Array(try reader.readBytes(DirectiveKey.idBytes)))
        case let kind: throw DirectiveRefusal(.malformed, "an order of kind \(kind) is not known")
        }
    }

    private static func installation(_ reader: inout ByteReader) throws -> Installation {
        let slot = try slot(&reader)
        let deployment = try reader.readVarint()
        let digest = try digest(&reader)
        let size = try reader.readVarint()
        let mode = try RuleCoding.value(Installation.Mode.init, &reader)
        let replaces = try RuleCoding.flag(&reader) ? try self.digest(&reader) : nil
        let download = try RuleCoding.download(&reader)
        let activation = try RuleCoding.activation(&reader)
        let contract = try RuleCoding.contract(&reader)
        let contacts = try RuleCoding.number(&reader)
        guard contacts.map({ $0 <= UInt64(UInt32.max) }) ?? true else {
            throw DirectiveRefusal(.malformed, "so many contacts can't be counted")
        }
        return Installation(
            slot: slot,
            deployment: deployment,
            digest: digest,
            size: size,
            mode: mode,
            replaces: replaces,
            download: download,
            activation: activation,
            contract: contract,
            contacts: contacts.map { UInt32($0) }
        )
    }

    private static func slot(_ reader: inout ByteReader) throws -> SlotName {
        let text = try reader.readText(limit: SlotName.limit)
        guard let slot = SlotName(text) else {
            throw DirectiveRefusal(.malformed, "a slot can't have such a name")
        }
        return slot
    }

    private static func digest(_ reader: inout ByteReader) throws -> TreeDigest {
        guard let digest = TreeDigest(try reader.readBytes(TreeDigest.size)) else {
            throw ByteError.truncated
        }
        return digest
    }
}
