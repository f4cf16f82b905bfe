import FleetDeploy

extension AcceptanceContract {
    /// Seconds after a start of the machine in which a version can prove itself: what it takes to ask every
    /// probe once and to soak, and a minute for whatever has to start.
    var grace: UInt32 {
        let interval = probes.map(\.interval).max() ?? 0
        let (sum, isTooMuch) = soak.addingReportingOverflow(interval)
        return isTooMuch || sum > .max - 60 ? .max : sum + 60
    }
}

extension AcceptanceContract {
    var asksForAnomalies: Bool {
        probes.contains { probe in
            if case .anomalies = probe.question { true } else { false }
        }
    }
}

/// What the probes of one activation have said so far: in memory alone, since an agent that was away can't
/// vouch for what it did not see.
struct SoakWatch: Sendable, Equatable {
    private struct Answers: Sendable, Equatable {
        var due: Int64
        var failures: UInt32 = 0
        var isFine = false
    }

    let activation: UInt64
    private let contract: AcceptanceContract
    private var answers: [Answers]
    /// By the uptime; `nil` while something is not fine, or was not asked yet.
    private var fineSince: Int64?

    enum Verdict: Sendable, Equatable {
        case waiting
        case proven
        case failed(String)
    }

    init(activation: UInt64, contract: AcceptanceContract, at now: Moment) {
        self.activation = activation
        self.contract = contract
        answers = contract.probes.map { _ in Answers(due: now.uptime) }
        fineSince = contract.probes.isEmpty ? now.uptime : nil
    }

    /// The numbers of the probes that are to be asked now.
    func due(at now: Moment) -> [Int] {
        answers.indices.filter { answers[$0].due <= now.uptime }
    }

    mutating func answered(_ number: Int, _ answer: ProbeAnswer, at now: Moment) -> Verdict {
        let probe = contract.probes[number]
        answers[number].due = now.uptime + Int64(probe.interval) * 1000
        answers[number].isFine = answer == .fine
        if answer != .fine { fineSince = nil }
        switch answer {
        case .fine: answers[number].failures = 0
        case .trouble(let reason):
            answers[number].failures += 1
            if answers[number].failures >= probe.failures { return .failed(reason) }
        case .unknown: break
        }
        if fineSince == nil, answers.allSatisfy(\.isFine) { fineSince = now.uptime }
        return .waiting
    }

    func verdict(at now: Moment) -> Verdict {
        guard let fineSince, now.uptime - fineSince >= Int64(contract.soak) * 1000 else {
            return .waiting
        }
        return .proven
    }

    /// When there is something to do again, by the uptime.
    func next(at now: Moment) -> Int64 {
        let proven = fineSince.map { $0 + Int64(contract.soak) * 1000 }
        return (answers.map(\.due) + [proven].compactMap(\.self)).min() ?? .max
    }
}
