import FleetModel
import Testing

@testable import CoreDomain

struct SeriesSelectorTests {
    private let labels = LabelSet(
        name: "node_cpu:rate5m",
        ["cpu": "3", "mode": "idle", "path": #"C:\x"#, "quote": "say \"é\""]
    )

    @Test(arguments: [
        ("node_cpu:rate5m", true), ("node_cpu", false), ("{}", true),
        (#"node_cpu:rate5m{cpu="3",mode!="user"}"#, true), (#"{cpu='3'}"#, true),
        (#" node_cpu:rate5m { cpu = "3" , } "#, true), (#"{cpu!="3"}"#, false),
        (#"{cpu=~"[0-3]"}"#, true), (#"{cpu=~"[0-3]",mode!~"idle|user"}"#, false),
        (#"{__name__=~"node_.+"}"#, true), (#"{absent=""}"#, true), (#"{absent!=""}"#, false),
        (#"{absent=~".*"}"#, true), (#"{path="C:\\x"}"#, true), ("{path=`C:\\x`}", true),
        (#"{quote="say \"é\""}"#, true), (#"{mode=~"idl"}"#, false),
    ])
    func `chooses as Prometheus does`(text: String, accepts: Bool) throws {
        #expect(try SeriesSelector(parsing: text).accepts(labels) == accepts)
    }

    @Test(arguments: [
        "", "{", "a{", "a{b}", "a{b=}", "a{b=\"c\"", "a{b=\"c\"}d", "a{b=\"c\" d=\"e\"}", "9a",
        "a{b=~\"(\"}", "a{b=\"\\d\"}", "a{b=\"c}", "a{b==\"c\"}", "a b",
        "a{b=~\"" + String(repeating: "x", count: 9000) + "\"}",
    ])
    func `refuses what is no selector, and says so`(text: String) {
        #expect {
            try SeriesSelector(parsing: text)
        } throws: { error in
            (error as? DomainError)?.code == .invalid
        }
    }

    @Test func `series stand in Prometheus' order`() {
        let ordered = [
            LabelSet(name: "a"), LabelSet(name: "a", ["b": "1"]), LabelSet(name: "a", ["b": "2"]),
            LabelSet(name: "a", ["c": "0"]), LabelSet(name: "b"),
        ]
        for (index, one) in ordered.enumerated() {
            for (place, other) in ordered.enumerated() {
                #expect(one.precedes(other) == (index < place), "\(one) \(other)")
            }
        }
    }
}
