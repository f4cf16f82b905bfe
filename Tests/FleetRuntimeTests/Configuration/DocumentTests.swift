import FleetRuntime
import FleetTestSupport
import Testing

@Suite struct DocumentTests {
    @Test func `an empty file is an empty document`() throws {
        #expect(try Document(yaml: "# nothing\n").root.content == .null)
        try Document(yaml: "").reader().finish()
    }

    @Test func `scalars stay as they were written`() throws {
        let document = try Document(yaml: "a: no\nb: 1_0\nc: 22:22\nd: '~'\ne: ~\n")

        guard case .mapping(let entries) = document.root.content else {
            Issue.record("not a mapping")
            return
        }
        #expect(
            entries.map(\.value.content) == [
                .scalar("no"), .scalar("1_0"), .scalar("22:22"), .scalar("~"), .null,
            ]
        )
        #expect(entries.map(\.line) == [1, 2, 3, 4, 5])
    }

    /// The classic: nine levels of nine references each are 387 million nodes.
    @Test func `an alias bomb is refused`() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let references = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(references)]\n"
        }

        let error = #expect(throws: ConfigurationError.self) { try Document(yaml: yaml) }

        #expect(error?.description.contains("aliases expand to over 500000 nodes") == true)
    }

    @Test func `a few aliases are welcome`() throws {
        let reader = try Document(yaml: "a: &a {x: 1}\nb: *a\n").reader()

        #expect(reader.section("a").int("x") == 1)
        #expect(reader.section("b").int("x") == 1)
        try reader.finish()
    }

    @Test(arguments: [
        String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
        String(repeating: "[", count: 400_000),
        String(repeating: "a:\n ", count: 3),
        "a: [",
        "a: 1\na: 2",
        "a: \u{7}",
        "? [x]\n: 1",
        "--- 1\n--- 2",
        "a: *nowhere",
        "%YAML 9.9\n--- x",
    ])
    func `damaged files are refused with a reason`(yaml: String) throws {
        do {
            let document = try Document(yaml: yaml, file: "x.yaml")
            // What the parser lets through must still be refused as a configuration.
            let reader = document.reader()
            try reader.finish()
            Issue.record("accepted: \(yaml.prefix(40))")
        } catch {
            #expect(error.description.hasPrefix("x.yaml"))
        }
    }

    @Test func `an error of the YAML never quotes the file`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Document(yaml: "password: hunter2: oops\n", file: "x.yaml")
        }

        #expect(error?.problems.first?.line == 1)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `a large file is refused unread`() throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/large.yaml"
            let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: Document.byteLimit + 1)
            try AtomicFile.write(bytes, to: path)

            #expect(throws: FileError.self) { try Document.read(path) }
        }
    }

    @Test func `a missing file says so`() throws {
        let error = #expect(throws: FileError.self) { try Document.read("/nowhere/x.yaml") }
        #expect(error?.description == "cannot open /nowhere/x.yaml: No such file or directory")
    }
}
