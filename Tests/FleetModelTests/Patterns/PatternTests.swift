import Testing

@testable import FleetModel

struct PatternTests {
    private static let cases: [(pattern: String, text: String, matches: Bool)] = [
        ("", "", true), ("", "a", false), ("a", "a", true), ("a", "ab", false),
        ("a|b|cd", "cd", true), ("a|b|cd", "c", false), ("(a|b)*", "abba", true),
        (".*", "any\nthing", true), ("(?-s:.*)", "any\nthing", false), (".+", "", false),
        ("node-[0-9]+", "node-42", true), ("node-[0-9]+", "node-", false),
        ("[^a-c]x", "dx", true), ("[^a-c]x", "bx", false), ("[]a]+", "]a", true),
        ("[a-]+", "a-a", true), ("a{2,3}", "aa", true), ("a{2,3}", "aaaa", false),
        ("a{2}", "aaa", false), ("a{2,}", "aaaaa", true), ("a{,2}", "a{,2}", true),
        ("(?i)MeM", "mEm", true), ("(?i:m)e", "ME", false), ("(?i)[a-c]+", "aBC", true),
        (#"\d{4}-\d\d"#, "2026-11", true), (#"\w+\s\S"#, "ab c", true), (#"a\.b"#, "axb", false),
        (#"\x41\x{42}"#, "AB", true), (#"\Qa.b\E+"#, "a.bb", true), ("[[:alpha:]]+", "abZ", true),
        ("[[:^digit:]]", "1", false), (#"a\b.c"#, "a c", true), (#"a\Bb"#, "ab", true),
        ("(a*)*b", "aaab", true), ("(a*)+", "", true), ("(?:)", "", true), ("é+", "éé", true),
        ("(?m)a$\n^b", "a\nb", true), ("a$b", "ab", false), ("x*?y", "xxy", true),
        ("^(?:ab|cd)$", "cd", true), ("a||b", "", true), ("(?P<n>a)(?<m>b)", "ab", true),
    ]

    @Test func `matches the whole text, as RE2 does`() throws {
        for (text, subject, expected) in Self.cases {
            let pattern = try Pattern(text)
            #expect(pattern.matches(subject) == expected, "\(text) on \(subject)")
            #expect((pattern.captures(in: subject) != nil) == expected, "\(text) on \(subject)")
        }
    }

    @Test func `groups take what the preferred way gives them`() throws {
        #expect(try Pattern("(.*):(\\d+)").captures(in: "a:b:9100") == ["a:b:9100", "a:b", "9100"])
        #expect(try Pattern("(a+?)(a*)").captures(in: "aaa") == ["aaa", "a", "aa"])
        #expect(try Pattern("(a)|(b)").captures(in: "b") == ["b", nil, "b"])
        #expect(try Pattern("(?:x(y)?)+").captures(in: "xyx") == ["xyx", "y"])
        #expect(try Pattern("(?P<host>[^:]+).*").groupNames == ["host": 1])
    }

    @Test(arguments: [
        "(", ")", "a**", "*a", "[a", "a{3,2}", "a{1001}", #"\1"#, "(?=a)", "(?<!a)", #"\pL"#,
        "[b-a]", #"\y"#, "[[:nope:]]", "(?P<a>x)(?P<a>y)", "((a{100}){100}){100}", #"a\"#, "(?z)a",
    ])
    func `refuses what it can't match as RE2 would`(text: String) {
        #expect(throws: PatternError.self) { try Pattern(text) }
    }

    @Test func `a pattern that makes others backtrack for ever takes no time`() throws {
        // 2^100 ways for a backtracking matcher: the test would not end.
        let text = String(repeating: "a", count: 100)
        #expect(try !Pattern("(a*)*(a*)*(a|a)*b").matches(text))
        #expect(try Pattern("(a?){100}(a){100}").matches(text))
        #expect(throws: PatternError.self) {
            try Pattern(String(repeating: "(", count: 2000) + String(repeating: ")", count: 2000))
        }
    }
}
