import CoreDomain
import FleetIdentity
import FleetModel
import FleetRuntime
import NIOCore
import NIOSSL
import Synchronization

/// Checks the certificate that a ship shows in the handshake, and remembers whom it let in.
final class ShipDoor: Sendable {
    private let desk: EnrolmentDesk
    private let clock: WallClock
    private let metrics: SyncMetrics
    private let admitted = Mutex<EnrolmentDesk.Admission?>(nil)
    private let hasJudged = Mutex(false)

    init(desk: EnrolmentDesk, clock: WallClock, metrics: SyncMetrics) {
        self.desk = desk
        self.clock = clock
        self.metrics = metrics
    }

    /// Counts a handshake that ended before there was a certificate to judge.
    func failed(_ error: NIOSSLError) {
        guard case .handshakeFailed(let reason) = error, !hasJudged.withLock({ $0 }) else { return }
        // BoringSSL's own name: it refuses a peer without a certificate by itself.
        let isMissing = "\(reason)".contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        metrics.refusals.increment(isMissing ? "none" : "handshake")
    }

    var admission: EnrolmentDesk.Admission? { admitted.withLock { $0 } }

    /// NIOSSL's hook, in place of BoringSSL's own chain building: there is no chain, each tenant's
    /// authority is looked up by the name in the certificate.
    var verify: NIOSSLCustomVerificationCallback {
        { certificates, promise in
            self.hasJudged.withLock { $0 = true }
            guard let leaf = certificates.first, let der = try? leaf.toDERBytes() else {
                self.metrics.refusals.increment("unreadable")
                promise.succeed(.failed)
                return
            }
            // NIOSSL calls back on its event loop and waits on a promise: the asynchronous check
            // needs a task of its own, which lives as long as one query.
            Task {
                do {
                    let admission = try await self.desk.admit(
                        certificateDER: der,
                        at: self.clock.now()
                    )
                    self.admitted.withLock { $0 = admission }
                    promise.succeed(.certificateVerified)
                } catch {
                    let reason = (error as? IdentityError)?.code.name ?? "database"
                    self.metrics.refusals.increment(reason)
                    promise.succeed(.failed)
                }
            }
        }
    }
}
