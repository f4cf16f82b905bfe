import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite struct TestSupportTests {
    @Test func `a temporary folder is gone afterwards, links unfollowed`() throws {
        try withTemporaryDirectory { outer in
            try AtomicFile.write([1], to: "\(outer)/kept")
            var inner = ""
            try withTemporaryDirectory { folder in
                inner = folder
                try PrivateDirectory.create("\(folder)/a/b")
                #expect(symlink(outer, "\(folder)/a/link") == 0)
                #expect(chmod("\(folder)/a", 0o000) == 0)
            }

            #expect(access(inner, F_OK) != 0)
            #expect(access("\(outer)/kept", F_OK) == 0)
        }
    }

    @Test func `a condition that never holds says what it was`() async throws {
        struct Refused: Error {}
        let error = await #expect(throws: NeverHappened.self) {
            try await eventually("pigs fly", timeout: .milliseconds(20)) { throw Refused() }
        }

        #expect(error?.description == "waited 0.02 seconds for: pigs fly (last: Refused())")
    }

    @Test func `a free port can be bound`() async throws {
        let port = try FreePort.find()
        let link = try await LinkEmulator.start(
            listen: ("127.0.0.1", port),
            upstream: ("127.0.0.1", 1)
        )

        #expect(link.port == port)
        await link.stop()
    }

    @Test func `the repository's root is found`() {
        #expect(access("\(Fixtures.repository)/Package.swift", R_OK) == 0)
        #expect(Fixtures.path("x").hasSuffix("/Tests/Fixtures/x"))
    }

    @Test func `a program that was not built is named`() {
        let error = #expect(throws: CommandError.self) { try Products.path("no-such-program") }
        #expect(error?.message.contains("no-such-program") == true)
    }
}
