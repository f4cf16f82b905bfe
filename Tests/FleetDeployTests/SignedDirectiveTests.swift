import FleetDeploy
import FleetModel
import FleetTestSupport
import Testing

/// The attacks of TUF's and Uptane's threat models that end at one directive: whoever carries it can keep it
/// back, and can do nothing else with it.
struct SignedDirectiveTests {
    private let key = DirectiveKey()
    private let ship = DirectiveSamples.ship
    private let now = DirectiveSamples.now

    private func refusal(
        _ signed: SignedDirective,
        for ship: ShipIdentity = DirectiveSamples.ship,
        trusting keys: [[UInt8]]? = nil,
        above counter: UInt64 = 0,
        at now: Timestamp = DirectiveSamples.now
    ) -> DirectiveRefusal.Code? {
        do {
            _ = try signed.verified(
                for: ship,
                trusting: keys ?? [key.publicKey],
                above: counter,
                at: now
            )
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: DirectiveSamples.named.indices)
    func `what was signed is read as it was written`(index: Int) throws {
        let directive = DirectiveSamples.named[index].directive
        let signed = try SignedDirective(directive, key: key)
        let carried = try SignedDirective(bytes: signed.bytes)
        let read = try carried.verified(for: ship, trusting: [key.publicKey], above: 0, at: now)
        #expect(read == directive)
    }

    @Test func `an abort fits in 340 bytes with everything at its largest`() throws {
        let directive = Directive(
            ship: ShipIdentity(tenant: TenantID(.max), ship: ShipID(.max)),
            counter: .max,
            issuedAt: Timestamp(milliseconds: .max),
            notAfter: Timestamp(milliseconds: .max),
            order: .revoke(DirectiveSamples.revocation)
        )
        let size = try SignedDirective(directive, key: key).bytes.count
        #expect(size <= 340, "\(size) bytes")
    }

    @Test func `no byte of a directive can be changed`() throws {
        let signed = try SignedDirective(
            DirectiveSamples.directive(7, .install(DirectiveSamples.installation)),
            key: key
        )
        for index in signed.bytes.indices {
            for bit in 0..<8 {
                var bytes = signed.bytes
                bytes[index] ^= 1 << bit
                guard let changed = try? SignedDirective(bytes: bytes) else { continue }
                #expect(refusal(changed) != nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test func `a directive that is cut or goes on is none`() throws {
        let bytes = try SignedDirective(
            DirectiveSamples.directive(9, .revoke(DirectiveSamples.revocation)),
            key: key
        ).bytes
        for count in 0..<bytes.count {
            guard let cut = try? SignedDirective(bytes: Array(bytes[..<count])) else { continue }
            #expect(refusal(cut) != nil, "\(count) bytes")
        }
        #expect(refusal(try SignedDirective(bytes: bytes + [0])) == .badSignature)
    }

    @Test func `nobody else's key gives orders`() throws {
        let directive = DirectiveSamples.directive(7, .forget(DirectiveSamples.digest(1)))
        let foreign = try SignedDirective(directive, key: DirectiveKey())
        #expect(refusal(foreign) == .unknownKey)
        // And claiming the right key's name does not help.
        let own = try SignedDirective(directive, key: key)
        let claimed = Array(own.bytes[..<9]) + Array(foreign.bytes[9...])
        #expect(refusal(try SignedDirective(bytes: claimed)) == .badSignature)
    }

    @Test func `another ship's directive is refused`() throws {
        let signed = try SignedDirective(
            DirectiveSamples.directive(7, .forget(DirectiveSamples.digest(1))),
            key: key
        )
        let sister = ShipIdentity(tenant: ship.tenant, ship: ShipID(43))
        #expect(refusal(signed, for: sister) == .otherShip)
        let stranger = ShipIdentity(tenant: TenantID(8), ship: ship.ship)
        #expect(refusal(signed, for: stranger) == .otherShip)
    }

    @Test func `a directive is taken once and never after a later one`() throws {
        let signed = try SignedDirective(
            DirectiveSamples.directive(7, .forget(DirectiveSamples.digest(1))),
            key: key
        )
        #expect(refusal(signed, above: 6) == nil)
        #expect(refusal(signed, above: 7) == .replayed)
        #expect(refusal(signed, above: 8) == .replayed)
    }

    @Test func `what is too old begins nothing, but still stops`() throws {
        let late = now + .seconds(365 * 86_400)
        let install = try SignedDirective(
            DirectiveSamples.directive(7, .install(DirectiveSamples.installation)),
            key: key
        )
        #expect(refusal(install, at: late) == .expired)
        let revoke = try SignedDirective(
            DirectiveSamples.directive(8, .revoke(DirectiveSamples.revocation)),
            key: key
        )
        #expect(refusal(revoke, at: late) == nil)
    }

    @Test func `a ship that trusts nobody takes a key that signs for itself, and no other order`()
        throws
    {
        let trust = try SignedDirective(
            DirectiveSamples.directive(1, .trust(publicKey: key.publicKey)),
            key: key
        )
        #expect(refusal(trust, trusting: []) == nil)
        let other = try SignedDirective(
            DirectiveSamples.directive(1, .trust(publicKey: DirectiveKey().publicKey)),
            key: key
        )
        #expect(refusal(other, trusting: []) == .unknownKey)
        let install = try SignedDirective(
            DirectiveSamples.directive(1, .install(DirectiveSamples.installation)),
            key: key
        )
        #expect(refusal(install, trusting: []) == .unknownKey)
    }

    @Test func `noise is refused and never traps`() {
        let seed = SeededGenerator.seed(name: "directives")
        var generator = SeededGenerator(seed: seed)
        let samples = DirectiveSamples.named.map(\.directive.encoded)
        for _ in 0..<20_000 {
            guard var bytes = samples.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            // Whatever can be read has one form only.
            if let read = try? Directive(encoded: bytes) { #expect(read.encoded == bytes) }
        }
    }
}
