import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import NIOSSL
import Testing

/// Who is let in, by certificate. Whoever is not gets not one byte, and is counted.
@Suite(.shore, .serialized, .timeLimit(.minutes(10)))
struct AdmissionTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    /// Greets and sends data as if all were well, and expects nothing whatever.
    private func expectRefusal(
        _ ship: TestShip?,
        reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let series = "hawser_sync_refused_handshakes_total{reason=\"\(reason)\"}"
        let (before, opened) = (try await shore.metric(series), try await openedSessions())
        let positions = try await shore.look(
            "SELECT count(*)::text AS value FROM hawser.lane_positions"
        )
        let client = try await WireClient.connect(
            port: shore.syncPort,
            as: ship,
            authority: shore.authority
        )
        client.send(RawSession.hello(epoch: LaneEpoch(7)))
        client.send(
            .data(
                DataFrame(
                    lane: .events,
                    sequence: 0,
                    offset: 0,
                    recordCount: 1,
                    payload: try Segments.event("let me in").bytes
                )
            )
        )
        try await eventually("the shore ends the connection") { client.isClosed }
        #expect(client.received.isEmpty, sourceLocation: sourceLocation)
        let after = try await shore.metric(series)
        #expect(after == before + 1, "\(series)", sourceLocation: sourceLocation)
        #expect(try await openedSessions() == opened, sourceLocation: sourceLocation)
        let now = try await shore.look("SELECT count(*)::text AS value FROM hawser.lane_positions")
        #expect(now == positions, sourceLocation: sourceLocation)
    }

    private func openedSessions() async throws -> Double {
        try await shore.metric("hawser_sync_sessions_opened_total")
    }

    /// A certificate for this ship by somebody who has no right to it.
    private func forged(_ ship: TestShip, by authority: CertificateAuthority) throws -> TestShip {
        ship.showing(
            try authority.issue(
                ship: ship.identity,
                commonName: ship.ship.name,
                request: CertificateRequest(key: ship.key, commonName: "ship"),
                at: .now
            )
        )
    }

    @Test func `an enrolled ship is let in`() async throws {
        let ship = try await shore.makeShip("good", of: shore.makeTenant("good"))
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.events, 0, Segments.event("hello"))
        session.close()
    }

    @Test func `without a certificate there is nothing`() async throws {
        try await expectRefusal(nil, reason: "none")
    }

    @Test func `an expired certificate gets nothing`() async throws {
        let past = Timestamp.now - CertificateAuthority.shipValidity - .seconds(60)
        let tenant = try await shore.makeTenant("late")
        try await expectRefusal(shore.makeShip("late", of: tenant, at: past), reason: "expired")
    }

    @Test func `a certificate of the future gets nothing`() async throws {
        let tenant = try await shore.makeTenant("early")
        let ship = try await shore.makeShip("early", of: tenant, at: .now + .seconds(9 * 86_400))
        try await expectRefusal(ship, reason: "not_yet_valid")
    }

    @Test func `an authority that only has the right name gets nothing`() async throws {
        let tenant = try await shore.makeTenant("acme")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let impostor = try CertificateAuthority(commonName: "Hawser tenant acme", at: .now)
        try await expectRefusal(forged(ship, by: impostor), reason: "wrong_issuer")
    }

    @Test func `another tenant's authority can't vouch for a ship`() async throws {
        let tenant = try await shore.makeTenant("victim")
        let other = try await shore.makeTenant("attacker")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let authority = try await shore.authorities.authority(of: other.id)
        let forged = try forged(ship, by: authority)
        // Even where the attacker got it recorded.
        try await shore.plant(
            """
            INSERT INTO hawser.ship_certificates
                (tenant_id, ship_id, fingerprint, issued_at, expires_at)
            VALUES (
                \(tenant.id), \(ship.identity.ship), '\\x\(forged.certificate.fingerprint)',
                now(), now() + interval '1 year'
            )
            """
        )
        try await expectRefusal(forged, reason: "wrong_issuer")
        // The installation's own authority issues no ships either.
        try await expectRefusal(self.forged(ship, by: shore.keys.authority), reason: "wrong_issuer")
    }

    @Test func `a tenant that does not exist lets nobody in`() async throws {
        let ship = try await shore.makeShip("real", of: shore.makeTenant("real"))
        let identity = ShipIdentity(tenant: TenantID(424_242), ship: ship.identity.ship)
        let authority = try await shore.authorities.authority(of: ship.tenant.id)
        let stranger = try authority.issue(
            ship: identity,
            commonName: "ghost",
            request: CertificateRequest(key: ship.key, commonName: "ghost"),
            at: .now
        )
        try await expectRefusal(ship.showing(stranger), reason: "wrong_issuer")
    }

    @Test func `a certificate that was never recorded gets nothing`() async throws {
        let tenant = try await shore.makeTenant("unrecorded")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let authority = try await shore.authorities.authority(of: tenant.id)
        try await expectRefusal(forged(ship, by: authority), reason: "unknown_certificate")
    }

    @Test func `a certificate that names no ship gets nothing`() async throws {
        let ship = try await shore.makeShip("nameless", of: shore.makeTenant("nameless"))
        let shoreOwn = try shore.keys.authority.issueShore(hosts: [], key: ship.key, at: .now)
        try await expectRefusal(ship.showing(shoreOwn), reason: "no_ship_identity")
    }

    @Test func `a revoked ship or certificate gets nothing`() async throws {
        let tenant = try await shore.makeTenant("revoking")
        let ship = try await shore.makeShip("aurora", of: tenant)
        try await shore.ships.revoke(ship.ship, at: .now, for: .command("test"))
        try await expectRefusal(ship, reason: "revoked")
        let second = try await shore.makeShip("borealis", of: tenant)
        try await shore.plant(
            """
            UPDATE hawser.ship_certificates SET revoked_at = now()
            WHERE tenant_id = \(tenant.id) AND ship_id = \(second.identity.ship)
            """
        )
        try await expectRefusal(second, reason: "revoked")
    }

    @Test func `a connected ship is refused at its next frame once it is revoked`() async throws {
        let tenant = try await shore.makeTenant("cutoff")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.events, 0, Segments.event("before"))
        let series = "hawser_sync_session_errors_total{error=\"refused\"}"
        let before = try await shore.metric(series)
        try await shore.ships.revoke(ship.ship, at: .now, for: .command("test"))
        session.send(.events, 1, try Segments.event("after").bytes)
        let goodbye = try await session.client.waitForEnd()
        #expect(goodbye?.code == "refused")
        #expect(try await shore.metric(series) == before + 1)
        let stored = try await shore.look(
            "SELECT message AS value FROM hawser.events WHERE tenant_id = \(tenant.id)"
        )
        #expect(stored == ["before"])
        try await expectRefusal(ship, reason: "revoked")
    }

    @Test func `a revoked ship's lightest frame is refused too`() async throws {
        let ship = try await shore.makeShip("pinging", of: shore.makeTenant("pinging"))
        let session = try await RawSession.open(shore, ship)
        try await shore.ships.revoke(ship.ship, at: .now, for: .command("test"))
        // Frames that are answered without the database, until word of it has come.
        try await eventually("a ping is refused") {
            session.client.send(.ping(1))
            return session.client.isClosed
        }
        #expect(try await session.client.waitForEnd()?.code == "refused")
    }

    @Test func `TLS before 1_3 gets nothing`() async throws {
        let ship = try await shore.makeShip("old", of: shore.makeTenant("old"))
        let client = try await WireClient.connect(
            port: shore.syncPort,
            as: ship,
            authority: shore.authority,
            newestTLS: .tlsv12
        )
        client.send(RawSession.hello(epoch: LaneEpoch(1)))
        try await eventually("the shore ends the connection") { client.isClosed }
        #expect(client.received.isEmpty)
        let series = "hawser_sync_refused_handshakes_total{reason=\"handshake\"}"
        #expect(try await shore.metric(series) >= 1)
    }

    @Test func `bytes that are no TLS end their connection and leave others alone`() async throws {
        let ship = try await shore.makeShip("steady", of: shore.makeTenant("steady"))
        let session = try await RawSession.open(shore, ship)
        for garbage in [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0, count: 4096),
            [UInt8](repeating: 0xFF, count: 65_536), [0x16, 0x03, 0x01, 0x40, 0x00] + [1, 2, 3],
            FrameEncoder.encode(RawSession.hello(epoch: LaneEpoch(1))),
        ] {
            let client = try await WireClient.connect(port: shore.syncPort, authority: nil)
            client.send(garbage)
            client.send(garbage)
            // What announces more than it sends is only ended by its sender, or by the time limit.
            if garbage.count != 8 {
                try await eventually("the shore ends the connection") { client.isClosed }
            }
            client.close()
            #expect(!String(decoding: client.received, as: UTF8.self).contains("HTTP"))
        }
        try await session.deliver(.events, 0, Segments.event("still here"))
        session.close()
    }
}
