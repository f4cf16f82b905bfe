import Glibc

/// Runs a program to its end and takes what it said.
///
/// Blocks, so it is called on a thread of its own. Not Foundation's `Process`, which leaves the
/// signal mask to the child and waits on a run loop.
package enum ChildProcess {
    package struct Answer: Sendable {
        /// The exit status, or 128 and the signal's number.
        package let status: Int32
        /// Standard output and standard error together.
        package let output: String
    }

    package static func run(_ command: [String]) throws -> Answer {
        // A file and no pipe: a daemon that inherits it keeps nobody waiting for its end.
        var template = Array("/tmp/hawser-output-XXXXXX\0".utf8).map(CChar.init(bitPattern:))
        let output = mkstemp(&template)
        guard output >= 0 else {
            throw EmbeddedClusterError("No temporary file can be made in /tmp")
        }
        defer { close(output) }
        unlink(template)
        _ = fcntl(output, F_SETFD, FD_CLOEXEC)
        let process = try spawn(command, input: nil, output: output)
        let status = waitForEnd(of: process)
        return Answer(status: status, output: contents(of: output))
    }

    /// Starts a program in a process group of its own, so that Ctrl-C does not reach it, and
    /// returns its number. Its environment is empty but for PATH.
    ///
    /// - Parameters:
    ///   - input: Its standard input; `nil` for none.
    ///   - output: Its standard output and error; `nil` for none.
    package static func spawn(
        _ command: [String],
        input: Int32?,
        output: Int32?
    ) throws -> pid_t {
        precondition(!command.isEmpty, "a command has a program")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
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
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
        )

        // The working directory may be closed to the program's user, which makes it complain.
        let arguments = ["/bin/sh", "-c", "cd / && exec \"$@\"", "sh"] + command
        // PostgreSQL's programs heed many PG… variables, none of which is meant for them here.
        let environment = [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
        ]
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var environmentPointers = environment.map { strdup($0) } + [nil]
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        var process = pid_t()
        let failure = posix_spawn(
            &process,
            "/bin/sh",
            &actions,
            &attributes,
            &argumentPointers,
            &environmentPointers
        )
        guard failure == 0 else {
            throw EmbeddedClusterError(
                "\(command[0]) could not be started: \(String(cString: strerror(failure)))"
            )
        }
        return process
    }

    package static func waitForEnd(of process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            // Somebody else has reaped it, so nothing is known about its end.
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func contents(of descriptor: Int32) -> String {
        lseek(descriptor, 0, SEEK_SET)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            text += buffer[0..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
