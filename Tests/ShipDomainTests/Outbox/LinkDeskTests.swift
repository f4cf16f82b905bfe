import FleetModel
import FleetRuntime
import FleetTestSupport
import ShipDomain
import ShipStore
import Testing

struct LinkDeskTests {
    private static let now = Timestamp(milliseconds: 1_795_254_788_000)

    private func with(
        _ body: (ShipStore, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true, clock: .fixed(Self.now))
            try await body(store, folder)
        }
    }

    private let classes = [
        LinkClass(name: "vsat", microsPerMegabyte: 2_000_000, currency: "USD", dailyBytes: 100_000),
        LinkClass(name: "lte", dailyBytes: 1_000_000, interfaces: ["wwan0"]),
        LinkClass(name: "port", interfaces: ["wlan0"], isPort: true),
    ]

    private func plan(file: String? = nil) -> LinkPlan {
        LinkPlan(classes: classes, defaultClass: "vsat", classFile: file)
    }

    @Test func `what was spent counts after a restart`() async throws {
        try await with { store, folder in
            let desk = try await LinkDesk(plan: plan(), store: store, clock: .fixed(Self.now))
            desk.sessionOpened()
            for _ in 0..<6 { desk.sent(.metrics, payload: 16_000) }
            #expect(desk.payload(of: .metrics, limit: 16_384) == 0)
            #expect(desk.payload(of: .events, limit: 16_384) == 16_384)
            try await desk.refresh()
            let again = try ShipStore(directory: folder, create: false, clock: .fixed(Self.now))
            let after = try await LinkDesk(plan: plan(), store: again, clock: .fixed(Self.now))
            #expect(after.payload(of: .metrics, limit: 16_384) == 0)
            let tomorrow = WallClock.fixed(Self.now + .seconds(86_400))
            let next = try await LinkDesk(plan: plan(), store: again, clock: tomorrow)
            #expect(next.payload(of: .metrics, limit: 16_384) > 0)
        }
    }

    @Test func `a file says which class is in use, and a word that is none changes nothing`()
        async throws
    {
        try await with { store, folder in
            let file = folder + "/class"
            let desk = try await LinkDesk(
                plan: plan(file: file),
                store: store,
                clock: .fixed(Self.now)
            )
            #expect(desk.linkClass.name == "vsat")
            for (word, expected) in [
                ("port\n", "port"), ("iridium", "vsat"), ("lte 3 bars", "lte"),
            ] {
                try AtomicFile.write(Array(word.utf8), to: file, mode: 0o600)
                try await desk.refresh()
                #expect(desk.linkClass.name == expected)
            }
        }
    }

    @Test func `the default route says which class is in use`() async throws {
        try await with { store, folder in
            let routes = folder + "/route"
            let table = """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                wwan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
                eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
                wlan0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
                """
            try AtomicFile.write(Array(table.utf8), to: routes, mode: 0o600)
            let sense = LinkSense(plan: plan(), routes: routes)
            #expect(sense.look().name == "port")
            _ = store
        }
    }

    @Test func `the account shows bytes, cost and what is held back`() async throws {
        try await with { store, _ in
            let desk = try await LinkDesk(plan: plan(), store: store, clock: .fixed(Self.now))
            for _ in 0..<6 { desk.sent(.metrics, payload: 16_000) }
            try await desk.refresh()
            let account = try #require(try await store.fact(LinkDesk.accountKey))
            #expect(account.hasPrefix("vsat, "))
            #expect(account.contains("0.20 USD"))
            #expect(account.contains("held back: summary metrics backlog logs"))
        }
    }
}
