import FleetRuntime
import Testing

/// YAML of strangers as the JSON that it stands for.
struct YAMLReaderTests {
    private func read(_ text: String) throws -> JSONValue {
        try YAMLReader.read(Array(text.utf8))
    }

    @Test(arguments: [
        ("1", JSONValue.integer(1)), ("-7", .integer(-7)), ("+3", .integer(3)),
        ("0x1F", .integer(31)), ("0o17", .integer(15)), ("017", .integer(17)),
        ("1.5", .decimal(1.5)), ("1e3", .decimal(1000)), (".5", .decimal(0.5)),
        ("1.", .decimal(1)), ("true", .boolean(true)), ("False", .boolean(false)),
        ("null", .null), ("~", .null), ("", .null), ("yes", .string("yes")),
        ("off", .string("off")), ("1_000", .string("1_000")), ("1:30", .string("1:30")),
        ("2026-11-22", .string("2026-11-22")), ("\"1\"", .string("1")), ("'true'", .string("true")),
        ("1.2.3", .string("1.2.3")), ("e5", .string("e5")), ("0x", .string("0x")),
        ("+", .string("+")),
    ])
    func `a scalar is what YAML 1.2's core schema says`(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
        #expect(try read("key: \(text)\n") == .object(["key": value]))
    }

    @Test func `mappings, sequences and blocks are objects, arrays and texts`() throws {
        let value = try read(
            """
            # an agent's
            rate: 5
            places:
              - {name: bridge, on: true}
              - name: engine
            note: |
              two
              lines
            """
        )
        #expect(
            value
                == .object([
                    "rate": .integer(5),
                    "places": .array([
                        .object(["name": .string("bridge"), "on": .boolean(true)]),
                        .object(["name": .string("engine")]),
                    ]), "note": .string("two\nlines"),
                ])
        )
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", "twice"), ("a: [1\n", "line"), ("? [1, 2]\n: x\n", "plain word"),
        ("a: .inf\n", "no such number"), ("a: .NaN\n", "no such number"),
        ("a: 1e999\n", "too large"), ("a: &x 1\nb: *x\n", "aliases"),
        ("? &x [1]\n: 1\n? *x\n: 2\n", "aliases"), ("- 1\n---\n- 2\n", ""),
        (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "deeper"),
        (String(repeating: "[", count: 900) + String(repeating: "]", count: 900), "deeper"),
        (String(repeating: "[", count: 500_000), ""), (String(repeating: "- ", count: 5000), ""),
    ])
    func `what is no YAML, or has no JSON, is refused with its place`(text: String, why: String) {
        let failure = #expect(throws: YAMLReader.Failure.self) { try read(text) }
        #expect(
            failure?.description.contains(why) ?? false || why.isEmpty,
            "\(failure?.description ?? "")"
        )
    }

    @Test func `an alias bomb costs nothing, also where it is a key`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let many = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(many)]\n"
        }
        #expect(throws: YAMLReader.Failure.self) { try read(text) }
        #expect(throws: YAMLReader.Failure.self) { try read(text + "? *a12\n: 1\n") }
    }

    @Test func `an ampersand or an asterisk alone is a text`() throws {
        #expect(try read("cron: '*/5 * * * *'\nwho: R&D, and &c\n") != .null)
        #expect(try read("glob: \"*.json\"\n") == .object(["glob": .string("*.json")]))
    }

    @Test func `no UTF-8 and too many bytes are refused`() {
        #expect(throws: YAMLReader.Failure.self) { try YAMLReader.read([0x61, 0xFF]) }
        let long = [UInt8](repeating: 0x61, count: Document.byteLimit + 1)
        #expect(throws: YAMLReader.Failure.self) { try YAMLReader.read(long) }
    }
}
