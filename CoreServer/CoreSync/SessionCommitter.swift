import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import NIOCore

/// Commits what a session's inbox gathers, and acknowledges it.
struct SessionCommitter: Sendable {
    let session: IngestSession
    let inbox: SessionInbox
    let desk: EnrolmentDesk
    let clock: WallClock
    let connection: SyncConnection
    let channel: any Channel
    let outbound: SyncConnection.Outbound

    /// Runs until the inbox is finished and empty.
    ///
    /// - Returns: whether all of it was committed. If not, the ship was told why and the connection
    ///   is closed, under the reader that waits for it.
    func run() async -> Bool {
        while let batch = await inbox.take() {
            do {
                try await handle(batch)
            } catch {
                await inbox.finish()
                await connection.end(error, outbound)
                channel.close(promise: nil)
                return false
            }
        }
        return true
    }

    private func handle(_ batch: SessionInbox.Batch) async throws {
        if !batch.segments.isEmpty || !batch.partials.isEmpty {
            try await session.makeRoom()
            let outcome = try await session.commit(batch.segments, partials: batch.partials)
            // The link may be gone by now: then the ship learns it at its next hello.
            try? await connection.send(.acknowledgement(outcome.acknowledgements), outbound)
            if let bad = outcome.badSegment {
                throw ProtocolError(.badSegment, "a segment was set aside: \(bad)")
            }
        }
        if let ledger = batch.ledger { try await session.tell(ledger) }
        if !batch.answers.isEmpty { try await session.note(batch.answers) }
        if let witness = batch.witness { try await session.note(witness) }
        if let request = batch.certificateRequest {
            // Each certificate is a row for ever.
            guard session.admission.shouldRenew else {
                throw ProtocolError(.unexpectedFrame, "no new certificate was offered")
            }
            let certificate: [UInt8]
            do {
                certificate = try await desk.renew(
                    session.admission,
                    request: request,
                    at: clock.now()
                ).der
            } catch let error as DomainError {
                throw ProtocolError(.malformedFrame, error.message)
            }
            try? await connection.send(.certificate(certificate), outbound)
        }
    }
}
