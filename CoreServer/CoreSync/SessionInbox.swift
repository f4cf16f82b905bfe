import FleetModel
import FleetProtocol

/// Between the task that reads a session's socket and the one that commits: bounded by bytes, and
/// the place where a group of segments gathers for one transaction.
actor SessionInbox {
    /// What the committer does next.
    struct Batch: Sendable {
        var segments: [ReceiveSession.Segment] = []
        var partials: [ReceiveSession.Partial] = []
        var ledger: LedgerReport?
        var certificateRequest: [UInt8]?
        var answers: [WantAnswer] = []
        var witness: SealNotice?

        var isEmpty: Bool {
            segments.isEmpty && partials.isEmpty && ledger == nil && certificateRequest == nil
                && answers.isEmpty && witness == nil
        }
    }

    private var receive: ReceiveSession
    private var waiting = Batch()
    private var waitingBytes = 0
    private var undurableSince: ContinuousClock.Instant?
    private var isFinished = false
    private var reader: CheckedContinuation<Void, Never>?
    private var committer: CheckedContinuation<Void, Never>?

    init(_ receive: ReceiveSession) {
        self.receive = receive
    }

    /// Payload that came for nothing.
    var wastedBytes: Int { receive.wastedBytes }

    // MARK: The reader's side

    func received(_ data: DataFrame) async throws(ProtocolError) {
        if let segment = try receive.dataReceived(data) {
            waiting.segments.append(segment)
            waitingBytes += segment.bytes.count
        }
        if receive.undurableBytes == 0 {
            undurableSince = nil
        } else if undurableSince == nil {
            undurableSince = .now
        }
        wakeCommitter()
        while waitingBytes > SyncLimits.waitingBytes, !isFinished {
            await withCheckedContinuation { reader = $0 }
        }
    }

    func received(_ ledger: LedgerReport) {
        waiting.ledger = ledger
        wakeCommitter()
    }

    func received(certificateRequest: [UInt8]) {
        waiting.certificateRequest = certificateRequest
        wakeCommitter()
    }

    func received(_ answer: WantAnswer) {
        // A ship is never asked for so much; it will be asked again.
        guard waiting.answers.count < SyncLimits.waitingAnswers else { return }
        waiting.answers.append(answer)
        wakeCommitter()
    }

    func received(_ witness: SealNotice) {
        waiting.witness = witness
        wakeCommitter()
    }

    /// No more will come: what is here is to be made durable.
    func finish() {
        isFinished = true
        wakeCommitter()
        resumeReader()
    }

    /// Looks whether bytes have waited long enough; called now and then.
    func tick() {
        if partialsAreDue { wakeCommitter() }
    }

    // MARK: The committer's side

    /// Waits for work; `nil` when there is none and none will come.
    func take() async -> Batch? {
        while true {
            let batch = takeNow()
            if !batch.isEmpty {
                resumeReader()
                return batch
            }
            if isFinished { return nil }
            await withCheckedContinuation { committer = $0 }
        }
    }

    private func takeNow() -> Batch {
        var batch = Batch(ledger: waiting.ledger, certificateRequest: waiting.certificateRequest)
        batch.answers = waiting.answers
        waiting.answers = []
        batch.witness = waiting.witness
        waiting.witness = nil
        var samples: UInt64 = 0
        let taken = waiting.segments.prefix(SyncLimits.segmentsPerCommit).prefix { segment in
            defer { samples = samples.addingReportingOverflow(segment.recordCount).partialValue }
            return samples < UInt64(SyncLimits.samplesPerCommit)
        }
        batch.segments = Array(taken)
        waiting.segments.removeFirst(taken.count)
        waiting.ledger = nil
        waiting.certificateRequest = nil
        waitingBytes -= batch.segments.reduce(0) { $0 + $1.bytes.count }
        // Partials come after every whole segment before them.
        if waiting.segments.isEmpty, partialsAreDue {
            batch.partials = receive.takePartials()
            undurableSince = nil
        }
        return batch
    }

    private var partialsAreDue: Bool {
        guard let undurableSince else { return false }
        return isFinished || receive.undurableBytes >= Limits.durableEveryBytes
            || ContinuousClock.now - undurableSince >= Limits.durableEvery
    }

    private func wakeCommitter() {
        committer?.resume()
        committer = nil
    }

    private func resumeReader() {
        reader?.resume()
        reader = nil
    }
}
