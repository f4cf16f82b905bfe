import FleetTestSupport
import Glibc
import Testing

@Suite struct ProcessRunnerTests {
    @Test func `outputs and exit code are seen`() async throws {
        try await withProcess("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"]) { process in
            let status = try await process.waitForExit()

            #expect(status == .exited(3))
            #expect(process.standardOutput == "out\n")
            #expect(process.standardError == "err\n")
        }
    }

    @Test func `a signal is delivered and told from an exit`() async throws {
        try await withProcess("/bin/sleep", ["60"]) { process in
            process.send(SIGTERM)

            let status = try await process.waitForExit()
            #expect(status == .signalled(SIGTERM))
        }
    }

    @Test func `environment and working directory are what was asked for`() async throws {
        try await withTemporaryDirectory { folder in
            try await withProcess(
                "/bin/sh",
                ["-c", "echo $X $HOME; pwd"],
                environment: ["X": "a b"],
                workingDirectory: folder
            ) { process in
                try await process.waitForExit()
                #expect(process.standardOutput.hasPrefix("a b"))
                #expect(process.standardOutput.hasSuffix("\(folder)\n"))
            }
        }
    }

    @Test func `the scope's end kills a process and its children`() async throws {
        var child: pid_t = 0
        try await withProcess("/bin/sh", ["-c", "sleep 60 & echo $!; wait"]) { process in
            try await eventually("the child's number") {
                child = pid_t(process.standardOutput.dropLast()) ?? 0
                return child != 0
            }
            #expect(kill(child, 0) == 0)
        }

        // Nobody here reaps the orphan, so it may stay a zombie: ask the kernel what it is.
        try await eventually("the child is dead") {
            kill(child, 0) != 0 || TestProcess.isZombie(child)
        }
    }

    @Test func `a throwing body kills the process too`() async throws {
        struct Stop: Error {}
        var processID: pid_t = 0
        await #expect(throws: Stop.self) {
            try await withProcess("/bin/sleep", ["60"]) { process in
                processID = process.processID
                throw Stop()
            }
        }

        #expect(kill(processID, 0) != 0)
    }

    @Test func `a missing executable is an error`() async throws {
        await #expect(throws: (any Error).self) {
            try await withProcess("/nowhere/x") { _ in }
        }
    }

    @Test func `waiting for a line ends with the process`() async throws {
        try await withProcess("/bin/sh", ["-c", "echo hello; echo oops >&2"]) { process in
            let line = try await process.waitForLine(containing: "hell")
            #expect(line == "hello")

            let error = await #expect(throws: NeverHappened.self) {
                try await process.waitForLine(containing: "never", timeout: .seconds(240))
            }
            #expect(error?.description.contains("oops") == true)
        }
    }

    @Test func `only the newest output is kept in memory, all of it in the file`() async throws {
        try await withTemporaryDirectory { folder in
            var runner = ProcessRunner("/bin/sh", ["-c", "seq 1 20000"])
            runner.outputLimit = 1000
            runner.outputFilePrefix = "\(folder)/seq"
            try await withProcess(runner) { process in
                try await process.waitForExit()

                #expect(process.standardOutput.utf8.count <= 2000)
                #expect(process.standardOutput.hasSuffix("\n20000\n"))
                var information = stat()
                #expect(stat("\(folder)/seq.stdout", &information) == 0)
                #expect(information.st_size == 108_894)
            }
        }
    }

    @Test func `the children of a test inherit no sockets`() async throws {
        let (listener, _) = try PlainSocket.listening()
        defer { withExtendedLifetime(listener) {} }
        try await withProcess("/bin/sleep", ["60"]) { process in
            // The loader opens files of its own for a moment.
            try await eventually("only the three standard descriptors are open") {
                let names = TemporaryDirectory.names(in: "/proc/\(process.processID)/fd")
                return names == ["0", "1", "2"]
            }
        }
    }
}
