import FleetDeploy
import FleetModel
import Testing

struct OutcomeTests {
    @Test(arguments: ShipDeploymentState.allCases)
    func `an outcome travels as an event and is the same ashore`(state: ShipDeploymentState) {
        for running in [nil, DirectiveSamples.digest(0x30)] {
            let outcome = Outcome(
                slot: DirectiveSamples.slot,
                deployment: 3,
                activation: 19,
                digest: DirectiveSamples.digest(0x10),
                running: running,
                state: state,
                reason: "the probe engine-ok failed 3 times: exit 1"
            )
            #expect(Outcome(outcome.event(at: DirectiveSamples.now)) == outcome)
        }
    }

    @Test func `a reason is one line of bounded length`() throws {
        let outcome = Outcome(
            slot: DirectiveSamples.slot,
            deployment: 3,
            activation: 19,
            digest: DirectiveSamples.digest(0x10),
            running: nil,
            state: .failedUnable,
            reason: "two\nlines\t" + String(repeating: "é", count: 1000)
        )
        #expect(outcome.reason.utf8.count <= Outcome.reasonBytes)
        #expect(outcome.reason.hasPrefix("two lines é"))
        #expect(Outcome(outcome.event(at: DirectiveSamples.now)) == outcome)
    }

    @Test(arguments: [
        "", "engine 1 2 succeeded", "Engine 1 2 succeeded aa -", "engine 1 2 winning aa -",
    ])
    func `what is none is not read as one`(message: String) {
        let event = FleetEvent(
            at: DirectiveSamples.now,
            severity: .info,
            kind: Outcome.eventKind,
            message: message
        )
        #expect(Outcome(event) == nil)
    }

    @Test(arguments: ["", "-a", "A", "a_b", "a/b", "..", String(repeating: "a", count: 65)])
    func `a slot's name names one folder`(text: String) {
        #expect(SlotName(text) == nil)
    }
}
