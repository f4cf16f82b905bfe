import CoreDomain
import FleetModel
import FleetProtocol
import Logging
import Synchronization

/// Tells a connected ship what is asked of it: what waits when the session opens, and what is asked
/// while it lasts. Each want once a session.
final class WantCourier: Sendable {
    private let session: IngestSession
    private let bell: ShipBell
    private let logger: Logger
    private let isStopped = Mutex(false)

    init(session: IngestSession, bell: ShipBell, logger: Logger) {
        self.session = session
        self.bell = bell
        self.logger = logger
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    /// - Parameters:
    ///   - sendSeal: of the tenant's audit; `nil` where the ship keeps none.
    ///   - send: throws when the ship is gone.
    func run(
        _ sendSeal: (@Sendable (SealNotice) async throws -> Void)?,
        _ send: @Sendable (Want) async throws -> Void
    ) async {
        let identity = session.admission.identity
        bell.attach(identity)
        defer { bell.detach(identity) }
        var told: Set<UInt64> = []
        var lookedAt: ContinuousClock.Instant?
        var sealedAt: ContinuousClock.Instant?
        while !isStopped.withLock({ $0 }), !Task.isCancelled {
            let isDue = lookedAt.map { ContinuousClock.now - $0 >= SyncLimits.wantInterval } ?? true
            if bell.take(identity) || isDue {
                lookedAt = .now
                do {
                    let open = try await session.wants()
                    for want in open where !told.contains(want.id) {
                        try await send(want)
                        told.insert(want.id)
                    }
                    told.formIntersection(open.map(\.id))
                } catch {
                    // Told at the next look, or in the next session.
                    logger.debug("the ship was not told what is asked of it: \(error)")
                }
            }
            if let sendSeal,
                sealedAt.map({ ContinuousClock.now - $0 >= SyncLimits.sealInterval }) ?? true
            {
                sealedAt = .now
                do {
                    if let seal = try await session.unreportedSeal() { try await sendSeal(seal) }
                } catch {
                    logger.debug("the ship was not told the newest seal: \(error)")
                }
            }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }
}
