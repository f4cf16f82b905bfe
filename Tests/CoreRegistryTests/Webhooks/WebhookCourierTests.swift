import CoreDomain
import CorePostgres
import CoreRegistry
import Crypto
import FleetModel
import FleetRuntime
import Foundation
import Logging
import Synchronization
import Testing

/// Delivering by a clock that tests move: when it is tried again, and when no more.
@Suite(.timeLimit(.minutes(10)))
struct WebhookCourierTests {
    /// A receiver that answers as it is told, and a clock.
    private final class PaperReceiver: WebhookTransport {
        struct Attempt: Sendable {
            let at: Timestamp
            let id: String?
            let isSigned: Bool
        }

        private let state = Mutex((now: RegistryShore.now, status: 500, attempts: [Attempt]()))
        let secret: String

        init(secret: String = "") { self.secret = secret }

        var clock: WallClock { WallClock { self.state.withLock(\.now) } }
        var attempts: [Attempt] { state.withLock(\.attempts) }
        var now: Timestamp { state.withLock(\.now) }

        func pass(_ time: Duration) { state.withLock { $0.now = $0.now + time } }
        func answer(_ status: Int) { state.withLock { $0.status = status } }

        func addresses(of host: String) async throws -> [NetworkAddress] {
            [NetworkAddress("8.8.8.8")].compactMap { $0 }
        }

        func send(_ request: WebhookRequest) async -> WebhookAnswer {
            let id = value("X-MLflow-Delivery-Id", request)
            let said = [id, value("X-MLflow-Timestamp", request), request.body].compactMap { $0 }
            let mac = HMAC<SHA256>.authenticationCode(
                for: Array(said.joined(separator: ".").utf8),
                using: SymmetricKey(data: Array(secret.utf8))
            )
            let expected = "v1," + Data(mac).base64EncodedString()
            let isSigned = value("X-MLflow-Signature", request) == expected
            return state.withLock { state in
                state.attempts.append(Attempt(at: state.now, id: id, isSigned: isSigned))
                return .answered(status: state.status, body: "")
            }
        }

        private func value(_ name: String, _ request: WebhookRequest) -> String? {
            request.headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// All that works on webhooks, by the receiver's clock.
    private struct Desk {
        let shore: RegistryShore
        let receiver: PaperReceiver
        let webhooks: Webhooks
        let courier: WebhookCourier
        let upkeep: WebhookUpkeep
        let vault: TenantVault
        let metrics = MetricsRegistry()

        init(_ shore: RegistryShore, _ receiver: PaperReceiver, _ limits: WebhookLimits) {
            self.shore = shore
            self.receiver = receiver
            vault = TenantVault(pool: shore.pool, keys: shore.keys)
            let sender = WebhookSender(
                targets: WebhookTargets(),
                transport: receiver,
                clock: receiver.clock
            )
            webhooks = Webhooks(
                pool: shore.pool,
                vault: vault,
                sender: sender,
                clock: receiver.clock,
                limits: limits
            )
            let counted = WebhookMetrics(metrics)
            courier = WebhookCourier(
                pool: shore.pool,
                vault: vault,
                sender: sender,
                clock: receiver.clock,
                limits: limits,
                metrics: counted,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            upkeep = WebhookUpkeep(
                pool: shore.pool,
                vault: vault,
                tenants: shore.tenants,
                clock: receiver.clock,
                metrics: counted,
                limits: limits
            )
        }

        var act: Act {
            Act(by: shore.act.caller, for: .command("test"), at: receiver.now)
        }

        /// A webhook, and something for it to tell.
        func begin(secret: String? = nil) async throws -> String {
            let made = try await webhooks.create(
                WebhookDetails(
                    name: "hook",
                    url: "https://hooks.example.com/x",
                    events: [.modelCreated],
                    secret: secret.map { Secret($0) }
                ),
                act
            )
            try await tell("pump")
            return made.reference
        }

        func tell(_ name: String) async throws {
            _ = try await RegisteredModels(pool: shore.pool).create(
                name,
                description: "",
                tags: [],
                act
            )
        }

        func deliveries(_ id: String) async throws -> [WebhookDelivery] {
            try await webhooks.deliveries(
                to: id,
                state: nil,
                of: shore.act.tenant,
                before: nil,
                limit: 100
            ).items
        }

        /// Looks every few seconds for so long.
        func work(for time: Duration, every step: Duration) async {
            let end = receiver.now + time
            while receiver.now < end {
                await courier.runDue()
                receiver.pass(step)
            }
        }
    }

    private func withDesk(
        _ receiver: PaperReceiver = PaperReceiver(),
        limits: WebhookLimits = .standard,
        _ body: (Desk) async throws -> Void
    ) async throws {
        try await RegistryShore.lend { shore in
            try await body(Desk(shore, receiver, limits))
        }
    }

    @Test func `who fails is asked again after ever longer times, and loses nothing`()
        async throws
    {
        try await withDesk { desk in
            let id = try await desk.begin()
            await desk.work(for: .seconds(1800), every: .milliseconds(500))
            let attempts = desk.receiver.attempts
            let pauses = zip(attempts, attempts.dropFirst()).map { $1.at - $0.at }
            #expect(attempts.count >= 10)
            #expect(Set(attempts.map(\.id)).count == 1, "one id, however often")
            // Doubled each time; chance takes up to half, so that not all come at once. Looking takes
            // half a second.
            for (place, pause) in pauses.enumerated() {
                let full = Duration.seconds(min(1 << place, 3600))
                #expect(pause >= full / 2 && pause <= full + .seconds(1), "\(place): \(pause)")
            }
            // What it fails is not lost to it once it answers.
            desk.receiver.answer(204)
            await desk.work(for: .seconds(3700), every: .seconds(5))
            #expect(try await desk.deliveries(id).map(\.state) == [.delivered])
            // And what comes then is told at once.
            try await desk.tell("valve")
            await desk.courier.runDue()
            #expect(try await desk.deliveries(id).map(\.state) == [.delivered, .delivered])
        }
    }

    @Test func `a delivery is dead after so many attempts, and begun anew by hand`() async throws {
        var limits = WebhookLimits.standard
        limits.attempts = 3
        try await withDesk(limits: limits) { desk in
            let id = try await desk.begin()
            await desk.work(for: .seconds(600), every: .seconds(1))
            let dead = try #require(try await desk.deliveries(id).first)
            #expect(dead.state == .dead && dead.attempts == 3 && dead.lastStatus == 500)
            #expect(desk.receiver.attempts.count == 3)
            #expect(desk.metrics.exposition().contains("hawser_webhook_dead_deliveries_total 1"))
            desk.receiver.answer(200)
            await desk.work(for: .seconds(600), every: .seconds(5))
            #expect(desk.receiver.attempts.count == 3, "what is dead is left alone")
            _ = try await desk.webhooks.retry(dead.number, to: id, desk.act)
            await desk.work(for: .seconds(120), every: .seconds(1))
            #expect(try await desk.deliveries(id).map(\.state) == [.delivered])
        }
    }

    @Test func `a delivery is dead by its age, though attempts are left`() async throws {
        var limits = WebhookLimits.standard
        limits.age = .seconds(3600)
        limits.attempts = 1_000_000
        try await withDesk(limits: limits) { desk in
            let id = try await desk.begin()
            await desk.work(for: .seconds(7200), every: .seconds(2))
            let dead = try #require(try await desk.deliveries(id).first)
            #expect(dead.state == .dead)
            let last = try #require(desk.receiver.attempts.last)
            #expect(last.at - RegistryShore.now <= .seconds(3600))
        }
    }

    @Test func `what nobody could send for so long is given up by the upkeep, and forgotten later`()
        async throws
    {
        try await withDesk { desk in
            let id = try await desk.begin()
            let changed = try await desk.webhooks.change(
                id,
                .any,
                WebhookDetails(active: false),
                desk.act
            )
            #expect(!changed.active)
            desk.receiver.pass(WebhookLimits.standard.age - .seconds(60))
            try await desk.upkeep.run()
            #expect(try await desk.deliveries(id).map(\.state) == [.waiting])
            desk.receiver.pass(.seconds(120))
            try await desk.upkeep.run()
            let dead = try #require(try await desk.deliveries(id).first)
            #expect(dead.state == .dead && dead.attempts == 0)
            #expect(dead.lastError?.contains("not sent in time") ?? false)
            #expect(desk.metrics.exposition().contains("hawser_webhook_dead_deliveries_total 1"))
            desk.receiver.pass(WebhookLimits.standard.shown + .seconds(60))
            try await desk.upkeep.run()
            #expect(try await desk.deliveries(id).isEmpty)
        }
    }

    @Test func `a secret is sealed anew after a rotation, and signs as before`() async throws {
        let receiver = PaperReceiver(secret: "correct horse")
        receiver.answer(200)
        try await withDesk(receiver) { desk in
            _ = try await desk.begin(secret: receiver.secret)
            await desk.courier.runDue()
            let before = try await sealed(desk)
            let key = try await desk.vault.rotate(
                desk.shore.act.tenant,
                at: receiver.now,
                for: .command("test")
            )
            #expect(before.key != key.number)
            // Until the upkeep comes by, the old key opens it.
            try await desk.tell("second")
            await desk.courier.runDue()
            try await desk.upkeep.run()
            let after = try await sealed(desk)
            #expect(after.key == key.number && after.secret != before.secret)
            try await desk.tell("third")
            await desk.courier.runDue()
            #expect(receiver.attempts.map(\.isSigned) == [true, true, true])
            // Nothing is left to seal anew.
            try await desk.upkeep.run()
            #expect(try await sealed(desk).secret == after.secret)
        }
    }

    private func sealed(_ desk: Desk) async throws -> (key: Int64, secret: [UInt8]) {
        let tenant = desk.shore.act.tenant
        return try await desk.shore.pool.transaction(tenant: tenant, readOnly: true) {
            connection in
            let row = try #require(
                try connection.execute(
                    Statement(
                        "look_at_webhook_secret",
                        "SELECT key_number, sealed_secret FROM hawser.webhooks"
                    )
                ).first
            )
            return (try row.int64("key_number"), try row.bytes("sealed_secret"))
        }
    }
}
