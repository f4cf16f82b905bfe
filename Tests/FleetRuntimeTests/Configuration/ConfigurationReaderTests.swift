import FleetRuntime
import FleetTestSupport
import Testing

@Suite struct ConfigurationReaderTests {
    enum Mode: String, CaseIterable {
        case fast, safe
    }

    @Test func `values of every kind are read`() throws {
        let reader = try Document(
            yaml: """
                listen: 127.0.0.1:8080
                workers: 4
                ratio: 0.25
                verbose: true
                interval: 15s
                limit: 64MiB
                mode: safe
                names: [a, b]
                labels: {site: north, empty: }
                store:
                  path: data
                targets:
                  - url: http://a
                  - url: http://b
                    interval: 1m
                """
        ).reader()

        #expect(reader.string("listen") == "127.0.0.1:8080")
        #expect(reader.int("workers", range: 1...64) == 4)
        #expect(reader.number("ratio", range: 0...1) == 0.25)
        #expect(reader.bool("verbose"))
        #expect(reader.duration("interval", range: .seconds(1) ... .seconds(60)) == .seconds(15))
        #expect(reader.byteCount("limit") == 67_108_864)
        #expect(reader.choice("mode", of: Mode.self) == .safe)
        #expect(reader.strings("names") == ["a", "b"])
        #expect(reader.map("labels") == ["site": "north", "empty": ""])
        #expect(reader.section("store").string("path") == "data")
        let targets = reader.sections("targets")
        #expect(targets.map { $0.string("url") } == ["http://a", "http://b"])
        #expect(
            targets.map { $0.duration("interval", default: .seconds(15)) }
                == [.seconds(15), .seconds(60)]
        )
        try reader.finish()
    }

    @Test func `defaults hold where nothing is written`() throws {
        let reader = try Document(yaml: "a: \n").reader()

        #expect(reader.int("a", default: 7) == 7)
        #expect(reader.string("b", default: "x") == "x")
        #expect(reader.choice("c", default: Mode.fast) == .fast)
        #expect(reader.optionalString("d") == nil)
        #expect(reader.optionalSection("e") == nil)
        #expect(reader.section("f").duration("g", default: .seconds(1)) == .seconds(1))
        #expect(reader.sections("h").isEmpty)
        #expect(reader.map("i").isEmpty)
        #expect(reader.strings("j", default: ["x"]) == ["x"])
        try reader.finish()
    }

    @Test func `one reading finds every mistake, in the order of the file`() throws {
        let reader = try Document(
            yaml: """
                workers: many
                intervall: 15s
                targets:
                  - interval: 5x
                  - 3
                verbose: yes
                """,
            file: "agent.yaml"
        ).reader()
        _ = reader.int("workers", range: 1...64)
        _ = reader.duration("interval", default: .seconds(15))
        for target in reader.sections("targets") {
            _ = target.duration("interval", default: .seconds(15), range: .zero ... .seconds(60))
        }
        _ = reader.bool("verbose")
        _ = reader.string("listen")

        let error = #expect(throws: ConfigurationError.self) { try reader.finish() }

        #expect(
            error?.description == """
                agent.yaml:1: workers must be a whole number in 1…64
                agent.yaml:2: intervall is not a key we know, did you mean interval?
                agent.yaml:4: targets[0].interval must be a duration such as 15s, 1m or 500ms in \
                0ms…1m
                agent.yaml:5: targets[1] must be a section of keys
                agent.yaml:6: verbose must be true or false
                agent.yaml: listen is required: text
                """
        )
    }

    @Test func `an unknown key in a section is found, with the nearest known one`() throws {
        let reader = try Document(yaml: "store:\n  pth: x\n  zzz: y\n").reader()
        _ = reader.section("store").optionalString("path")

        let error = #expect(throws: ConfigurationError.self) { try reader.finish() }

        #expect(
            error?.problems.map(\.description) == [
                "store.pth is not a key we know, did you mean path?",
                "store.zzz is not a key we know",
            ]
        )
    }

    @Test func `no value is ever shown`() throws {
        let reader = try Document(
            yaml: """
                a: hunter2
                b: hunter2
                c: hunter2
                d: hunter2
                e: [hunter2]
                f: hunter2
                g: hunter2
                h: hunter2
                """
        ).reader()
        _ = reader.int("a")
        _ = reader.duration("b")
        _ = reader.byteCount("c")
        _ = reader.bool("d")
        _ = reader.string("e")
        _ = reader.secretFile("f")
        _ = reader.choice("g", of: Mode.self)
        _ = reader.sections("h")

        let error = #expect(throws: ConfigurationError.self) { try reader.finish() }

        #expect(error?.problems.count == 8)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `a secret is read from its file, beside the configuration, and hides itself`() throws
    {
        try withTemporaryDirectory { folder in
            try AtomicFile.write(text: "hunter2\n", to: "\(folder)/password")
            try AtomicFile.write(text: "password_file: password\n", to: "\(folder)/core.yaml")
            let reader = try Document.read("\(folder)/core.yaml").reader()

            let secret = try #require(reader.secretFile("password_file"))

            try reader.finish()
            #expect(secret.reveal() == "hunter2")
            #expect("\(secret) \(String(reflecting: secret))".contains("hunter2") == false)
            var dumped = ""
            dump(secret, to: &dumped)
            #expect(!dumped.contains("hunter2"))
        }
    }

    @Test func `the keys of a program can be listed`() throws {
        let reader = try Document(yaml: "targets: [{}, {}]").reader()
        _ = reader.int("workers", default: 4, range: 1...64)
        for target in reader.sections("targets") {
            _ = target.duration("interval", default: .seconds(15), range: .zero ... .seconds(60))
        }

        #expect(reader.keys.map(\.path) == ["workers", "targets", "targets[].interval"])
        #expect(reader.keys.map(\.defaultValue) == ["4", nil, "15s"])
        #expect(reader.keys.map(\.range) == ["1…64", nil, "0ms…1m"])
    }

    @Test func `a caller's own finding carries the key's line`() throws {
        let reader = try Document(yaml: "a: 1\nb: 2\n").reader()
        _ = reader.int("a")
        _ = reader.int("b")
        reader.report("b", "must be smaller than a")

        let error = #expect(throws: ConfigurationError.self) { try reader.finish() }

        #expect(error?.description == "configuration:2: b must be smaller than a")
    }
}
