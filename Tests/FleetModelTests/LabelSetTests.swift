import FleetModel
import Testing

struct LabelSetTests {
    @Test func `the order in which labels are given does not matter`() {
        let one = LabelSet([.init("b", "2"), .init("a", "1"), .init("__name__", "up")])
        let two = LabelSet([.init("__name__", "up"), .init("a", "1"), .init("b", "2")])
        #expect(one == two)
        #expect(one.labels.map(\.name) == ["__name__", "a", "b"])
    }

    @Test func `labels are in the order of their bytes`() {
        let set = LabelSet([.init("a", "1"), .init("Z", "1"), .init("é", "1"), .init("_", "1")])
        #expect(set.labels.map(\.name) == ["Z", "_", "a", "é"])
    }

    @Test func `a label with an empty value is none`() {
        #expect(LabelSet(name: "up", ["a": ""]) == LabelSet(name: "up"))
    }

    @Test func `of two labels with one name the later wins, even with nothing`() {
        #expect(LabelSet([.init("a", "1"), .init("a", "2")])["a"] == "2")
        #expect(LabelSet([.init("a", "1"), .init("a", "")]).labels.isEmpty)
    }

    @Test func `labels that only look the same stay apart`() {
        let composed = LabelSet([.init("port", "\u{E9}")])
        let decomposed = LabelSet([.init("port", "e\u{301}")])
        #expect(composed != decomposed)
        #expect(LabelSet([.init("\u{E9}", "1"), .init("e\u{301}", "2")]).labels.count == 2)
    }

    @Test func `it is written as in the exposition format`() {
        let set = LabelSet(name: "disk", ["path": "C:\\\"x\"\nend", "a": "b"])
        #expect(set.description == #"disk{a="b",path="C:\\\"x\"\nend"}"#)
        #expect(LabelSet(name: "up").description == "up")
    }

    @Test func `a set without a name has the empty one`() {
        #expect(LabelSet([]).name.isEmpty)
    }
}
