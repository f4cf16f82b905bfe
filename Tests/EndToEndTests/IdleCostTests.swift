import FleetModel
import FleetProtocol
import FleetTestSupport
import Foundation
import ShipDomain
import Testing

/// What a ship that has nothing to say costs its owner: 300 kB a month at most, headers and all.
///
/// A month can't be waited for: what a contact costs is measured, what a sign of life costs is computed, and
/// they are counted as the specification has them (Shared/README.md).
@Suite(.timeLimit(.minutes(10))) struct IdleCostTests {
    private static let limit = 300_000
    private static let days = 30

    /// Every 44 minutes, with the answer.
    private static let pings = days * 24 * 60 / 44
    /// Sessions end by themselves after a week.
    private static let weeklyContacts = 5
    /// TCP and IP headers of what a contact takes: three packets to open, four to close, and one for each
    /// flight of handshake, greeting, state and their acknowledgements.
    private static let packets = 20

    @Test func `a ship with nothing to say costs at most 300 kB a month`() async throws {
        let contact = try await contactBytes()
        let ping = Int(2 * WireCost.ofWrite(FrameEncoder.encode(.ping(0)).count))
        let connected = Self.weeklyContacts * contact + Self.pings * ping
        let daily = Self.days * contact
        print("a contact \(contact) B, a sign of life \(ping) B")
        print("a month always connected \(connected) B, with a contact a day \(daily) B")
        #expect(connected <= Self.limit)
        #expect(daily <= Self.limit)
    }

    /// Both ways, on the link, of a ship that was told everything before.
    private func contactBytes() async throws -> Int {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let upstream = (host: "127.0.0.1", port: shore.syncPort)
            return try await withLink(upstream: upstream, conditions: .perfect) { link in
                try await ShipAboard.with(
                    "alpha",
                    of: "blue",
                    at: shore,
                    data: "\(folder)/alpha",
                    syncPort: link.port
                ) { ship in
                    try ship.start()
                    _ = try await ship.waitUntilDrained(timeout: .seconds(240))
                    // What a new ship tells once is no part of it.
                    try await Task.sleep(for: .seconds(5))
                    try await Self.expectSilence(on: link)
                    let contacts = 3
                    let before = link.statistics
                    for contact in 1...contacts {
                        link.cutAll()
                        try await eventually("contact \(contact)") {
                            link.statistics.connections >= before.connections + contact
                        }
                        try await Task.sleep(for: .seconds(3))
                    }
                    try await Self.expectSilence(on: link)
                    let after = link.statistics
                    let carried =
                        after.bytesUp - before.bytesUp + after.bytesDown - before.bytesDown
                    let each = carried / (after.connections - before.connections)
                    return each + Self.packets * 52
                }
            }
        }
    }

    /// Between two signs of life nothing at all is said, in a ship's first session or a later one.
    private static func expectSilence(on link: LinkEmulator) async throws {
        let before = link.statistics
        try await Task.sleep(for: .seconds(5))
        let after = link.statistics
        #expect(after.bytesUp == before.bytesUp)
        #expect(after.bytesDown == before.bytesDown)
    }
}
