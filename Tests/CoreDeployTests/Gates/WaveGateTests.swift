import FleetModel
import Testing

@testable import CoreDeploy

/// What a gate says to counts.
struct WaveGateTests {
    private static func counts(_ change: (inout WaveCounts) -> Void) -> WaveCounts {
        var counts = WaveCounts()
        change(&counts)
        return counts
    }

    private static func verdict(
        rule: WaveRule = WaveRule(),
        isOverdue: Bool = false,
        _ change: (inout WaveCounts) -> Void
    ) -> WaveVerdict {
        WaveGate.verdict(counts(change), rule: rule, isOverdue: isOverdue)
    }

    @Test func `an empty wave is a person's to decide, never passed`() {
        #expect(Self.verdict { _ in }.kind == .inconclusive)
        #expect(Self.verdict { $0.withdrawn = 10 }.kind == .inconclusive)
    }

    @Test func `a wave whose quorum is proven passes`() {
        #expect(Self.verdict { $0.proven = 10 }.kind == .pass)
        let most = Self.verdict {
            $0.proven = 8
            $0.neverContacted = 2
        }
        #expect(most.kind == .pass)
        #expect(
            Self.verdict {
                $0.proven = 7
                $0.neverContacted = 3
            }.kind == .waiting
        )
    }

    @Test func `ships that succeeded but were not heard of since prove nothing`() {
        let verdict = Self.verdict { $0.settling = 100 }
        #expect(verdict.kind == .waiting)
        #expect(verdict.reason.contains("0 of 100 ships are proven"))
    }

    @Test func `bad news is not diluted by ships at sea`() {
        // Three of ten answered, all three in error: hawkBit's 50 % of all ten is not reached.
        let verdict = Self.verdict(rule: WaveRule(stop: StopRule(minimumReports: 3))) {
            $0.rolledBack = 3
            $0.neverContacted = 7
        }
        #expect(verdict.kind == .fail)
    }

    @Test func `one failure among few stops nothing and passes nothing`() {
        let few = Self.verdict {
            $0.rolledBack = 1
            $0.proven = 3
        }
        #expect(few.kind == .inconclusive)
        let many = Self.verdict {
            $0.rolledBack = 1
            $0.proven = 30
        }
        #expect(many.kind == .pass)
    }

    @Test func `below the minimum of reports nothing is stopped`() {
        #expect(Self.verdict { $0.rolledBack = 4 }.kind != .fail)
        #expect(Self.verdict { $0.rolledBack = 5 }.kind == .fail)
    }

    @Test func `a ship left without a version that works stops everything`() {
        let stranded = Self.verdict {
            $0.stranded = 1
            $0.proven = 10_000
        }
        #expect(stranded.kind == .fail)
        let allowed = Self.verdict(rule: WaveRule(stop: StopRule(strandedLimit: 1))) {
            $0.stranded = 1
            $0.proven = 10_000
        }
        #expect(allowed.kind == .pass)
    }

    @Test func `nothing passes with a known gap, and bad news needs no completeness`() {
        #expect(
            Self.verdict {
                $0.proven = 10
                $0.gaps = 1
            }.kind == .waiting
        )
        #expect(
            Self.verdict {
                $0.rolledBack = 10
                $0.gaps = 1
            }.kind == .fail
        )
    }

    @Test func `a wave that only refused is inconclusive, and so is one whose time is over`() {
        #expect(Self.verdict { $0.refused = 10 }.kind == .inconclusive)
        #expect(Self.verdict(isOverdue: true) { $0.inProgress = 10 }.kind == .inconclusive)
        #expect(Self.verdict { $0.inProgress = 10 }.kind == .waiting)
        // What is proven is not taken back because the time is over.
        #expect(Self.verdict(isOverdue: true) { $0.proven = 10 }.kind == .pass)
    }

    @Test func `ships gone silent become a failure`() {
        let verdict = Self.verdict {
            $0.proven = 10
            $0.silent = 5
            $0.lostMillionths = 4_500_000
        }
        #expect(verdict.kind == .fail)
        #expect(verdict.reason.contains("5 went silent"))
    }

    @Test func `late bad news takes a pass back, missing news does not`() {
        let failed = Self.verdict {
            $0.proven = 5
            $0.rolledBack = 5
        }
        #expect(failed.takesBack(.pass))
        #expect(!failed.takesBack(.waiting))
        let doubtful = Self.verdict {
            $0.proven = 9
            $0.rolledBack = 1
        }
        #expect(doubtful.kind != .fail)
        #expect(doubtful.takesBack(.pass))
        let gap = Self.verdict {
            $0.proven = 10
            $0.gaps = 1
        }
        #expect(!gap.takesBack(.pass))
    }

    @Test func `more failures never make a stop less likely, more successes never more`() {
        let rule = StopRule()
        for failures in 0..<20 {
            for successes in 0..<60 {
                let chance = rule.chanceOfExcess(
                    failures: Double(failures),
                    successes: Double(successes)
                )
                #expect(
                    rule.chanceOfExcess(
                        failures: Double(failures + 1),
                        successes: Double(successes)
                    ) >= chance - 1e-12
                )
                #expect(
                    rule.chanceOfExcess(
                        failures: Double(failures),
                        successes: Double(successes + 1)
                    ) <= chance + 1e-12
                )
            }
        }
    }

    @Test func `a quorum asks for whole ships`() {
        #expect(GoRule(quorum: 0.7).needed(of: 10) == 7)
        #expect(GoRule(quorum: 0.71).needed(of: 10) == 8)
        #expect(GoRule(quorum: 0.01).needed(of: 3) == 1)
        #expect(GoRule(quorum: 1).needed(of: 10_000) == 10_000)
    }

    @Test func `silence weighs nothing while it is usual, and then only more`() {
        func weight(_ days: Int) -> Int {
            SilenceWeight.millionths(
                silence: .seconds(86_400 * days),
                usual: .seconds(5 * 86_400),
                tolerated: 0.05
            )
        }
        #expect(weight(0) == 0)
        #expect(weight(5) == 0)
        let weights = (6...400).map(weight)
        #expect(weights.allSatisfy { $0 > 0 && $0 < SilenceWeight.whole })
        #expect(zip(weights, weights.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(weight(12) < 300_000)
        #expect(weight(350) > 900_000)
    }

    @Test func `rules that can't be meant are refused`() {
        #expect(WaveRule().fault == nil)
        #expect(StopRule(tolerated: 0).fault != nil)
        #expect(StopRule(tolerated: .nan).fault != nil)
        #expect(StopRule(confidence: 1).fault != nil)
        #expect(StopRule(minimumReports: 0).fault != nil)
        #expect(StopRule(strandedLimit: -1).fault != nil)
        #expect(GoRule(quorum: 0).fault != nil)
        #expect(GoRule(confidence: .nan).fault != nil)
        #expect(GoRule(soak: -1).fault != nil)
    }
}
