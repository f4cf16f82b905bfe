import FleetRuntime
import Glibc

/// Starts real executables for tests.
package struct ProcessRunner: Sendable {
    package var executable: String
    package var arguments: [String]
    /// The whole environment of the child; `inherited` is this process's own.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// Bytes of each output kept in memory; the oldest go first.
    package var outputLimit = 1024 * 1024
    /// Where to copy the outputs whole, as `<prefix>.stdout` and `<prefix>.stderr`.
    package var outputFilePrefix: String?

    package init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = ProcessRunner.inherited,
        workingDirectory: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
    }

    /// The environment of this process.
    package static var inherited: [String: String] {
        var result: [String: String] = [:]
        var cursor = environ
        while let entry = cursor.pointee {
            let pair = String(cString: entry).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            cursor += 1
        }
        return result
    }

    /// Starts the process in a process group of its own, with nothing on its standard input and no
    /// descriptor of ours but its outputs.
    ///
    /// Prefer `withProcess`, which cannot forget to end it.
    ///
    /// - Throws: `FileError`.
    package func start() throws -> RunningProcess {
        let output = try Self.pipe()
        let errors = try Self.pipe()
        defer {
            close(output.write)
            close(errors.write)
        }
        let processID: pid_t
        do {
            processID = try spawn(output: output.write, errors: errors.write)
        } catch {
            close(output.read)
            close(errors.read)
            throw error
        }
        return RunningProcess(
            name: executable.split(separator: "/").last.map(String.init) ?? executable,
            processID: processID,
            output: OutputCapture(
                reading: output.read,
                limit: outputLimit,
                copyingTo: try outputFile("stdout")
            ),
            errors: OutputCapture(
                reading: errors.read,
                limit: outputLimit,
                copyingTo: try outputFile("stderr")
            )
        )
    }

    /// The command with its folder entered first: the portable `posix_spawn` can't change it.
    private var commandLine: [String] {
        let command = [executable] + arguments
        guard let workingDirectory else { return command }
        return ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, workingDirectory] + command
    }

    private func spawn(output: Int32, errors: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Not everything in a test process asks for close-on-exec, and an inherited socket keeps a
        // port taken. A descriptor that closes in the meantime does no harm here.
        for name in TemporaryDirectory.names(in: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > 2 {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Test runners ignore or block signals; the child must meet the world as a shell starts it.
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let argumentPointers = commandLine.map { strdup($0) } + [nil]
        let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var processID: pid_t = 0
        let code = posix_spawnp(
            &processID,
            commandLine[0],
            &actions,
            &attributes,
            argumentPointers,
            environmentPointers
        )
        guard code == 0 else { throw FileError("start", executable, code: code) }
        return processID
    }

    private func outputFile(_ suffix: String) throws -> Int32? {
        guard let outputFilePrefix else { return nil }
        let path = "\(outputFilePrefix).\(suffix)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
        return descriptor
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var descriptors: [Int32] = [-1, -1]
        guard Glibc.pipe(&descriptors) == 0 else { throw FileError("open", "a pipe") }
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return (descriptors[0], descriptors[1])
    }
}
