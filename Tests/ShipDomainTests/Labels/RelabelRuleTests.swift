import FleetModel
import ShipDomain
import Testing

/// The cases of Prometheus' own test of relabelling, and what its documentation says.
@Suite struct RelabelRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: [String: String]
        let rules: [@Sendable () throws -> RelabelRule]
        /// `nil` for a series that is dropped.
        let output: [String: String]?

        init(
            _ name: String,
            _ input: [String: String],
            _ rules: [@Sendable () throws -> RelabelRule],
            _ output: [String: String]?
        ) {
            testDescription = name
            self.input = input
            self.rules = rules
            self.output = output
        }
    }

    private static let abc = ["a": "foo", "b": "bar", "c": "baz"]

    private static let cases: [Case] = [
        Case(
            "replace takes a part of a value",
            abc,
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "f(.*)",
                        targetLabel: "d",
                        replacement: "ch${1}-ch${1}"
                    )
                }
            ],
            ["a": "foo", "b": "bar", "c": "baz", "d": "choo-choo"]
        ),
        Case(
            "rules see what the rules before them did",
            abc,
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a", "b"],
                        regex: "f(.*);(.*)r",
                        targetLabel: "a",
                        replacement: "b${1}${2}m"
                    )
                },
                {
                    try RelabelRule(
                        sourceLabels: ["c", "a"],
                        regex: "(b).*b(.*)ba(.*)",
                        targetLabel: "d",
                        replacement: "$1$2$2$3"
                    )
                },
            ],
            ["a": "boobam", "b": "bar", "c": "baz", "d": "boooom"]
        ),
        Case(
            "what is dropped is not looked at further",
            ["a": "foo"],
            [
                {
                    try RelabelRule(action: .drop, sourceLabels: ["a"], regex: ".*o.*")
                },
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "f(.*)",
                        targetLabel: "d",
                        replacement: "x"
                    )
                },
            ],
            nil
        ),
        Case(
            "patterns match the whole value",
            ["a": "abc"],
            [
                {
                    try RelabelRule(action: .drop, sourceLabels: ["a"], regex: "(b)")
                }
            ],
            ["a": "abc"]
        ),
        Case(
            "keep drops what does not match",
            ["a": "foo"],
            [
                {
                    try RelabelRule(action: .keep, sourceLabels: ["a"], regex: "no-match")
                }
            ],
            nil
        ),
        Case(
            "keep keeps what matches",
            ["a": "foo"],
            [
                {
                    try RelabelRule(action: .keep, sourceLabels: ["a"], regex: "fo{2}")
                }
            ],
            ["a": "foo"]
        ),
        Case(
            "replace without a match changes nothing",
            ["a": "boo"],
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "f",
                        targetLabel: "b",
                        replacement: "bar"
                    )
                }
            ],
            ["a": "boo"]
        ),
        Case(
            "an empty replacement takes the label away",
            ["a": "foo", "b": "bar"],
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "f(.*)",
                        targetLabel: "b",
                        replacement: "$2"
                    )
                }
            ],
            ["a": "foo"]
        ),
        Case(
            "a missing source is empty, and the default pattern matches that",
            ["a": "boo"],
            [
                {
                    try RelabelRule(sourceLabels: ["nope"], targetLabel: "b", replacement: "x")
                }
            ],
            ["a": "boo", "b": "x"]
        ),
        Case(
            "hashmod gives the numbers that Prometheus gives",
            abc,
            [
                {
                    try RelabelRule(
                        action: .hashmod,
                        sourceLabels: ["c"],
                        modulus: 1000,
                        targetLabel: "d"
                    )
                }
            ],
            ["a": "foo", "b": "bar", "c": "baz", "d": "976"]
        ),
        Case(
            "hashmod of a value over several lines",
            ["a": "foo\nbar"],
            [
                {
                    try RelabelRule(
                        action: .hashmod,
                        sourceLabels: ["a"],
                        modulus: 1000,
                        targetLabel: "b"
                    )
                }
            ],
            ["a": "foo\nbar", "b": "734"]
        ),
        Case(
            "labelmap copies labels under other names",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            [
                {
                    try RelabelRule(action: .labelmap, regex: "(b.*)", replacement: "bar_${1}")
                }
            ],
            ["a": "foo", "b1": "bar", "b2": "baz", "bar_b1": "bar", "bar_b2": "baz"]
        ),
        Case(
            "labelmap takes groups for names",
            ["__meta_my_bar": "aaa", "a": "foo", "__meta_other": "x"],
            [
                {
                    try RelabelRule(action: .labelmap, regex: "__meta_(my.*)")
                }
            ],
            ["__meta_my_bar": "aaa", "a": "foo", "__meta_other": "x", "my_bar": "aaa"]
        ),
        Case(
            "a target may come from the value, if it is a name",
            ["a": "some-name-value"],
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "some-([^-]+)-([^,]+)",
                        targetLabel: "${1}",
                        replacement: "${2}"
                    )
                },
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "some-([^-]+)-([^,]+)",
                        targetLabel: "0${3}",
                        replacement: "${2}"
                    )
                },
            ],
            ["a": "some-name-value", "name": "value"]
        ),
        Case(
            "labelkeep keeps no others",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            [{ try RelabelRule(action: .labelkeep, regex: "(b.*)") }],
            ["b1": "bar", "b2": "baz"]
        ),
        Case(
            "labeldrop takes them away",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            [{ try RelabelRule(action: .labeldrop, regex: "(b.*)") }],
            ["a": "foo"]
        ),
        Case(
            "lower and upper case",
            ["foo": "bAr123Foo"],
            [
                {
                    try RelabelRule(action: .lowercase, sourceLabels: ["foo"], targetLabel: "low")
                },
                {
                    try RelabelRule(action: .uppercase, sourceLabels: ["foo"], targetLabel: "up")
                },
            ],
            ["foo": "bAr123Foo", "low": "bar123foo", "up": "BAR123FOO"]
        ),
        Case(
            "keepequal drops what differs",
            ["a": "1", "b": "2"],
            [
                {
                    try RelabelRule(action: .keepequal, sourceLabels: ["a"], targetLabel: "b")
                }
            ],
            nil
        ),
        Case(
            "dropequal keeps what differs",
            ["a": "1", "b": "2"],
            [
                {
                    try RelabelRule(action: .dropequal, sourceLabels: ["a"], targetLabel: "b")
                }
            ],
            ["a": "1", "b": "2"]
        ),
        Case(
            "named groups, dollars and names that run on",
            ["a": "x9"],
            [
                {
                    try RelabelRule(
                        sourceLabels: ["a"],
                        regex: "(?P<deck>x)(9)",
                        targetLabel: "b",
                        replacement: "$deck-$$-${2}0-$20-$"
                    )
                }
            ],
            ["a": "x9", "b": "x-$-90--$"]
        ),
    ]

    @Test(arguments: cases)
    func `rules do what they do in Prometheus`(one: Case) throws {
        var labels = one.input
        var isKept = true
        for rule in one.rules where isKept { isKept = try rule().apply(to: &labels) }
        #expect((isKept ? labels : nil) == one.output)
    }

    @Test func `rules that Prometheus refuses are refused, by the key that is wrong`() {
        let wrong: [(String, () throws -> RelabelRule)] = [
            ("regex", { try RelabelRule(regex: "(", targetLabel: "a") }),
            ("target_label", { try RelabelRule() }),
            (
                "modulus",
                { try RelabelRule(action: .hashmod, targetLabel: "a") }
            ),
            (
                "action",
                {
                    try RelabelRule(action: .labeldrop, sourceLabels: ["a"], regex: "b")
                }
            ),
            (
                "action",
                {
                    try RelabelRule(action: .keepequal, regex: "b", targetLabel: "a")
                }
            ),
        ]
        for (key, make) in wrong {
            do {
                _ = try make()
                Issue.record("\(key) was taken")
            } catch {
                #expect((error as? RelabelError)?.key == key)
            }
        }
    }
}
