import FleetDeploy
import FleetModel

/// Directives of every kind, written out by hand.
enum DirectiveSamples {
    static let ship = ShipIdentity(tenant: TenantID(7), ship: ShipID(42))
    static let now = Timestamp(milliseconds: 1_795_254_788_123)

    /// By the names of their golden files.
    static let named: [(name: String, directive: Directive)] = [
        ("install", directive(7, .install(installation))),
        ("install-least", directive(1, .install(least), notAfter: nil)),
        ("promote", directive(8, .install(promotion))),
        ("revoke", directive(9, .revoke(revocation))),
        ("roll-back", directive(10, .rollBack(slot: slot, deployment: 3, digest: digest(0x10)))),
        ("forget", directive(11, .forget(digest(0x50)))),
        ("trust", directive(12, .trust(publicKey: (0..<32).map { 0xA0 + $0 }))),
        ("distrust", directive(13, .distrust(keyID: (0..<8).map { 0xB0 + $0 }))),
    ]

    static let revocation = Revocation(
        digest: digest(0x10),
        deployment: .max,
        severity: .rollBackWhenSafe
    )

    static let contract = AcceptanceContract(
        probes: [
            Probe(.command("engine-ok"), interval: 10, failures: 1),
            Probe(.http(port: 8080, path: "/health")),
            Probe(.metric(selector: "latency_seconds{slot=\"engine\"}", .atMost, 0.25)),
            Probe(.anomalies(atMost: 20), interval: 60, failures: 5),
        ],
        soak: 3600,
        deadMan: 86_400,
        atExpiry: .ask
    )

    static let installation = Installation(
        slot: slot,
        deployment: 3,
        digest: digest(0x10),
        size: 50_000_000,
        mode: .shadow,
        replaces: digest(0x30),
        download: DownloadRule(
            bearers: ["vsat", "port-wifi"],
            navigation: [.inPort],
            windows: windows,
            dailyBytes: 5_000_000
        ),
        activation: ActivationRule(
            navigation: [.inPort, .atAnchor],
            longestFactAge: 3600,
            windows: windows,
            needsAttendance: true,
            labels: ["machinery": "stopped", "pilot": "no"],
            notBefore: now,
            notAfter: now + .seconds(86_400)
        ),
        contract: contract,
        contacts: 20
    )

    private static let promotion = Installation(
        slot: slot,
        deployment: 3,
        digest: digest(0x10),
        size: 0,
        mode: .promotion,
        replaces: digest(0x30),
        activation: ActivationRule(navigation: [.inPort]),
        contract: contract
    )

    private static let least = Installation(
        slot: slot,
        deployment: 1,
        digest: digest(0x10),
        size: 0,
        replaces: nil
    )

    static func directive(
        _ counter: UInt64,
        _ order: Directive.Order,
        notAfter: Timestamp? = now + .seconds(90 * 86_400)
    ) -> Directive {
        Directive(ship: ship, counter: counter, issuedAt: now, notAfter: notAfter, order: order)
    }

    static func digest(_ first: UInt8) -> TreeDigest {
        guard let digest = TreeDigest((0..<UInt8(TreeDigest.size)).map { first + $0 }) else {
            preconditionFailure("a digest has 32 bytes")
        }
        return digest
    }

    static let slot: SlotName = {
        guard let slot = SlotName("engine-anomaly") else {
            preconditionFailure("the slot's name is one")
        }
        return slot
    }()

    private static let windows: [LocalWindow] = {
        guard let night = LocalWindow(start: 22 * 60, length: 480),
            let sunday = LocalWindow(weekdays: 0b100_0000, start: 0, length: 1440)
        else { preconditionFailure("the windows are some") }
        return [night, sunday]
    }()
}
