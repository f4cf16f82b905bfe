import ArgumentParser
import Glibc

/// Runs a program's commands so that every failure is one line on standard error and a non-zero
/// exit.
package enum CommandLineProgram {
    package static func run<Command: AsyncParsableCommand>(_ type: Command.Type, name: String) async
    {
        do {
            var command = try type.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(type, name: name, error)
        }
    }

    private static func end<Command: AsyncParsableCommand>(
        _ type: Command.Type,
        name: String,
        _ error: any Error
    ) -> Never {
        let code = type.exitCode(for: error)
        if code == .success {
            // Help and version.
            StandardStreams.out(type.fullMessage(for: error))
            exit(0)
        }
        if code == .validationFailure {
            let message = CommandLineFailure.describe(CommandError(type.message(for: error)))
            StandardStreams.error("\(name): \(message) (see \(name) --help)")
            exit(code.rawValue)
        }
        StandardStreams.error("\(name): \(CommandLineFailure.describe(error))")
        exit(CommandLineFailure.exitCode(for: error).rawValue)
    }
}
