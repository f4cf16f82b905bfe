import FleetRuntime
import Testing

@Suite struct CommandLineFailureTests {
    enum Silent: Error {
        case brokenPipe
    }

    struct Talkative: Error, CustomStringConvertible {
        let description: String
    }

    @Test func `an error with words says them`() {
        #expect(CommandLineFailure.describe(CommandError("no", hint: "do x")) == "no (do x)")
    }

    @Test func `an error without words at least has a name`() {
        #expect(CommandLineFailure.describe(Silent.brokenPipe) == "Silent: brokenPipe")
    }

    @Test func `it is always one line, of a bounded length, and never empty`() {
        #expect(CommandLineFailure.describe(Talkative(description: "a\n  b\r\n\n c")) == "a; b; c")
        #expect(CommandLineFailure.describe(Talkative(description: "\n")) == "Talkative")
        let long = Talkative(description: String(repeating: "x", count: 10_000))
        #expect(CommandLineFailure.describe(long).count == 2001)
    }

    @Test func `exit codes tell a supervisor whether a restart may help`() {
        let configuration = ConfigurationError(file: "x", problems: [])
        #expect(CommandLineFailure.exitCode(for: configuration) == .configuration)
        #expect(CommandLineFailure.exitCode(for: CommandError("x", exitCode: .usage)) == .usage)
        #expect(CommandLineFailure.exitCode(for: CancellationError()) == .interrupted)
        #expect(CommandLineFailure.exitCode(for: Silent.brokenPipe) == .failure)
    }
}
