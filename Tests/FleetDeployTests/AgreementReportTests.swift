import FleetDeploy
import FleetModel
import Testing

/// What a ship tells of a candidate is what the shore reads.
struct AgreementReportTests {
    @Test func `a day's account is read as it was told`() throws {
        var agreement = Agreement(day: 20_759)
        agreement.add(champion: 1, candidate: 1.25, tolerance: 0.5)
        agreement.add(champion: 1, candidate: 2, tolerance: 0.5)
        let digest = DirectiveSamples.digest(0x10)
        let event = agreement.event(slot: "engine", digest: "\(digest)", at: DirectiveSamples.now)
        let report = try #require(AgreementReport(event))
        #expect(report.slot.rawValue == "engine" && report.digest == digest)
        #expect(report.day == 20_759 && report.agreeing == 1 && report.disagreeing == 1)
        #expect(report.sum == 1.25 && report.largest == 1)
    }

    @Test func `what is no account is none`() {
        let digest = "\(DirectiveSamples.digest(0x10))"
        for message in [
            "", "engine", "engine \(digest) 1 2 3 4", "engine \(digest) 1 2 3 4 5 6",
            "Engine \(digest) 1 2 3 4 5", "engine \(digest)0 1 2 3 4 5",
            "engine \(digest) 1 -2 3 4 5", "engine \(digest) 1 9999999999999999 3 4 5",
            "engine \(digest) 99999999999 2 3 4 5", "engine \(digest) 1 2 3 x 5",
        ] {
            let event = FleetEvent(
                at: DirectiveSamples.now,
                severity: .info,
                kind: Agreement.eventKind,
                message: message
            )
            #expect(AgreementReport(event) == nil, "\(message)")
        }
    }
}
