import FleetRuntime
import Glibc

/// Runs a command of the agent's configuration to its end, or to the end of its time.
enum ChildCommand {
    enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut

        var isFine: Bool { self == .exited(0) }

        var description: String {
            switch self {
            case .exited(let code): "it exited with \(code)"
            case .signalled(let signal): "it was ended by signal \(signal)"
            case .timedOut: "it took too long"
            }
        }
    }

    /// Its output goes nowhere: what it finds it says with its exit code.
    ///
    /// - Throws: `FileError` if it can't be started.
    static func run(
        _ command: [String],
        environment: [String: String],
        timeout: Duration
    ) async throws -> End {
        let process = try spawn(command, environment)
        let end = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(5)
        while ContinuousClock.now < end {
            if let status = reap(process) { return status }
            do {
                try await Task.sleep(for: pause)
            } catch {
                stop(process)
                throw error
            }
            pause = min(pause * 2, .milliseconds(100))
        }
        if let status = reap(process) { return status }
        stop(process)
        return .timedOut
    }

    /// With whatever it started: it leads a group of its own.
    private static func stop(_ process: pid_t) {
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    private static func reap(_ process: pid_t) -> End? {
        var status: Int32 = 0
        let found = waitpid(process, &status, WNOHANG)
        if found == 0 || found < 0 && errno == EINTR { return nil }
        // Somebody else has reaped it, so nothing is known about its end.
        guard found == process else { return .exited(127) }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    private static func spawn(_ command: [String], _ environment: [String: String]) throws -> pid_t
    {
        guard let program = command.first else {
            throw FileError("start", "a command", reason: "it has no words")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let variables = [path] + environment.map { "\($0.key)=\($0.value)" }.sorted()
        var arguments = command.map { strdup($0) } + [nil]
        var settings = variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + settings { free(pointer) } }
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, &attributes, &arguments, &settings)
        guard code == 0 else { throw FileError("start", program, code: code) }
        return process
    }
}
