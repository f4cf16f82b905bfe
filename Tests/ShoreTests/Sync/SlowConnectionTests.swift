import FleetIdentity
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

/// Connections that begin and never go on. This takes the minute that a slow link is given.
@Suite(.shore, .timeLimit(.minutes(10)))
struct SlowConnectionTests {
    @Test func `whoever does not finish the handshake or says no hello is cut off in a minute`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("slow")
        let healthy = try await RawSession.open(shore, shore.makeShip("healthy", of: tenant))
        let silent = try await WireClient.connect(port: shore.syncPort, authority: nil)
        let halting = try await WireClient.connect(port: shore.syncPort, authority: nil)
        halting.send([0x16, 0x03, 0x01])
        let mute = try await WireClient.connect(
            port: shore.syncPort,
            as: shore.makeShip("mute", of: tenant),
            authority: shore.authority
        )
        // Half a frame is no hello either.
        let halved = try await WireClient.connect(
            port: shore.syncPort,
            as: shore.makeShip("halved", of: tenant),
            authority: shore.authority
        )
        halved.send([0x01])
        try await eventually("all four are cut off", timeout: .seconds(240)) {
            silent.isClosed && halting.isClosed && mute.isClosed && halved.isClosed
        }
        for client in [silent, halting] { #expect(client.received.isEmpty) }
        for client in [mute, halved] { #expect(try await client.waitForEnd()?.code == "silent") }
        let counted = try await shore.metric("hawser_sync_session_errors_total{error=\"silent\"}")
        #expect(counted == 4)
        try await healthy.deliver(.events, 0, Segments.event("still here"))
        healthy.close()
    }
}
