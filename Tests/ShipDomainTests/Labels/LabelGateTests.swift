import FleetModel
import ShipDomain
import Testing

@Suite struct LabelGateTests {
    private static let policy = LabelPolicy(
        values: ["tenant_id": "acme", "ship_id": "aurora"],
        required: ["component"],
        labelLimit: 6,
        valueByteLimit: 20
    )

    private func judge(
        _ labels: [String: String],
        _ policy: LabelPolicy = policy,
        rules: [RelabelRule] = []
    ) -> LabelGate.Verdict {
        LabelGate(rules: rules, policy: policy).judge(LabelSet(name: "up", labels))
    }

    @Test func `what a series lacks of the ship's truth is added`() {
        #expect(
            judge(["component": "pump"])
                == .kept(
                    LabelSet(
                        name: "up",
                        ["component": "pump", "tenant_id": "acme", "ship_id": "aurora"]
                    )
                )
        )
    }

    @Test func `a series of another tenant is refused by name, unless it is to be overwritten`() {
        let foreign = ["component": "pump", "tenant_id": "evil"]
        #expect(judge(foreign) == .refused(LabelViolation(.wrongValue, label: "tenant_id")))
        var policy = Self.policy
        policy.conflict = .overwrite
        guard case .kept(let labels) = judge(foreign, policy) else {
            Issue.record("refused")
            return
        }
        #expect(labels["tenant_id"] == "acme")
    }

    @Test func `each violation has its name`() {
        #expect(judge([:]) == .refused(LabelViolation(.missing, label: "component")))
        let many = ["component": "a", "b": "1", "c": "2", "d": "3"]
        #expect(judge(many) == .refused(LabelViolation(.tooMany)))
        let long = String(repeating: "x", count: 21)
        #expect(judge(["component": long]) == .refused(LabelViolation(.valueTooLong)))
        let name = String(repeating: "x", count: Limits.labelNameBytes + 1)
        #expect(judge(["component": "a", name: "1"]) == .refused(LabelViolation(.nameTooLong)))
    }

    @Test func `rules come before the policy`() throws {
        let drop = try RelabelRule(action: .drop, sourceLabels: ["component"], regex: "noise")
        #expect(judge(["component": "noise", "tenant_id": "evil"], rules: [drop]) == .dropped)
        let mend = try RelabelRule(action: .labeldrop, regex: "tenant_id")
        let set = try RelabelRule(targetLabel: "component", replacement: "engine")
        guard case .kept(let labels) = judge(["tenant_id": "evil"], rules: [mend, set]) else {
            Issue.record("refused")
            return
        }
        #expect(labels["tenant_id"] == "acme")
        #expect(labels["component"] == "engine")
    }

    @Test func `a series that loses its name is refused, not stored nameless`() throws {
        let rule = try RelabelRule(action: .labeldrop, regex: "__name__")
        #expect(
            judge(["component": "a"], rules: [rule])
                == .refused(LabelViolation(.missing, label: "__name__"))
        )
    }
}
