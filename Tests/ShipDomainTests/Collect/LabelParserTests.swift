import FleetModel
import ShipDomain
import Testing

@Suite struct LabelParserTests {
    private func labels(
        _ series: String,
        target: ScrapeTarget = ScrapeTarget(group: 0, job: "j", instance: "i")
    ) throws -> String {
        let bytes = Array(series.utf8)
        let parser = LabelParser(target: target)
        return try parser.labels(ofSeries: 0..<bytes.count, in: bytes.span).description
    }

    @Test(arguments: [
        ("a", #"a{instance="i",job="j"}"#),
        ("a{}", #"a{instance="i",job="j"}"#),
        (#"a {z="1", b = "2",}"#, #"a{b="2",instance="i",job="j",z="1"}"#),
        (#"a{b=""}"#, #"a{instance="i",job="j"}"#),
        (#"a{b="x\\y\"z\nn"}"#, #"a{b="x\\y\"z\nn",instance="i",job="j"}"#),
        (#"a{b="x\t\é"}"#, #"a{b="x\\t\\é",instance="i",job="j"}"#),
        (#"{"my.metric",b="c"}"#, #"my.metric{b="c",instance="i",job="j"}"#),
        (#"{b="c","my \"metric\""}"#, #"my "metric"{b="c",instance="i",job="j"}"#),
        (#"a{"b.c"="d"}"#, #"a{b.c="d",instance="i",job="j"}"#),
    ])
    func `a series' text gives its labels and the target's`(
        series: String,
        expected: String
    ) throws {
        #expect(try labels(series) == expected)
    }

    @Test(arguments: [
        (#"a{job="x"}"#, #"a{exported_job="x",instance="i",job="j"}"#),
        (#"a{job=""}"#, #"a{instance="i",job="j"}"#),
        (
            #"a{job="x",exported_job="y"}"#,
            #"a{exported_exported_job="x",exported_job="y",instance="i",job="j"}"#
        ),
    ])
    func `a label that clashes with the target's is renamed until it is free`(
        series: String,
        expected: String
    ) throws {
        #expect(try labels(series) == expected)
    }

    @Test func `of clashing labels the shorter name is renamed first`() throws {
        let target = ScrapeTarget(
            group: 0,
            job: "j",
            instance: "i",
            labels: LabelSet([LabelSet.Label("exported_job", "t")])
        )
        #expect(
            try labels(#"a{job="x",exported_job="y"}"#, target: target)
                == #"a{exported_exported_exported_job="y",exported_exported_job="x","#
                + #"exported_job="t",instance="i",job="j"}"#
        )
    }

    @Test(arguments: [
        (#"a{job="x"}"#, #"a{instance="i",job="x"}"#),
        (#"a{job=""}"#, #"a{instance="i"}"#),
        (#"a{exported_job="x"}"#, #"a{exported_job="x",instance="i",job="j"}"#),
    ])
    func `honouring labels keeps the exporter's and lets an empty one keep off the target's`(
        series: String,
        expected: String
    ) throws {
        let target = ScrapeTarget(group: 0, job: "j", instance: "i", honorLabels: true)
        #expect(try labels(series, target: target) == expected)
    }

    @Test func `a target's configured labels win over its job and instance`() throws {
        let target = ScrapeTarget(
            group: 0,
            job: "j",
            instance: "i",
            labels: LabelSet([LabelSet.Label("instance", "engine"), LabelSet.Label("deck", "3")])
        )
        #expect(try labels("a", target: target) == #"a{deck="3",instance="engine",job="j"}"#)
        #expect(target.upLabels.description == #"up{deck="3",instance="engine",job="j"}"#)
    }

    @Test(arguments: [
        (#"a{b="1",b="2"}"#, ExpositionFault.repeatedLabel),
        (#"a{b="",b="2"}"#, .repeatedLabel),
        (#"a{__name__="b"}"#, .repeatedLabel),
        (#"a{"b\"c"="1","b\"c"="1"}"#, .repeatedLabel),
        (#"a{""="1"}"#, .labelName),
    ])
    func `labels that are no set are refused`(series: String, fault: ExpositionFault) {
        #expect(throws: fault) { try labels(series) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let bytes = Array("a{b=\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let parser = LabelParser(target: ScrapeTarget(group: 0, job: "j", instance: "i"))
        #expect(throws: ExpositionFault.notUTF8) {
            try parser.labels(ofSeries: 0..<bytes.count, in: bytes.span)
        }
    }

    @Test func `the number and the lengths of labels are limited`() throws {
        func series(_ count: Int) -> String {
            "a{" + (0..<count).map { "l\($0)=\"1\"" }.joined(separator: ",") + "}"
        }
        // The name, the job and the instance count too.
        #expect(throws: Never.self) { try labels(series(Limits.labelsPerSeries - 3)) }
        #expect(throws: ExpositionFault.tooManyLabels(limit: Limits.labelsPerSeries)) {
            try labels(series(Limits.labelsPerSeries - 2))
        }
        #expect(throws: ExpositionFault.tooManyLabels(limit: Limits.labelsPerSeries)) {
            try labels(series(5000))
        }
        let name = String(repeating: "n", count: Limits.labelNameBytes)
        #expect(throws: Never.self) { try labels("a{\(name)=\"1\"}") }
        #expect(throws: ExpositionFault.labelNameTooLong(limit: Limits.labelNameBytes)) {
            try labels("a{\(name)n=\"1\"}")
        }
        let value = String(repeating: "v", count: Limits.labelValueBytes)
        #expect(throws: Never.self) { try labels("a{b=\"\(value)\"}") }
        #expect(throws: ExpositionFault.labelValueTooLong(limit: Limits.labelValueBytes)) {
            try labels("a{b=\"\(value)v\"}")
        }
    }
}
