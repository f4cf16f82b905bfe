import Dispatch
import FleetRuntime
import Glibc
import Synchronization

/// A process that a test has started.
///
/// It stays a zombie after its end until `end()`, so that its number can't be given to another
/// process while a test may still send it a signal.
package final class RunningProcess: Sendable {
    private struct State {
        var status: ExitStatus?
        var isReaped = false
    }

    /// The executable's name, for messages.
    package let name: String
    package let processID: pid_t
    private let output: OutputCapture
    private let errors: OutputCapture
    private let state = Mutex(State())

    init(name: String, processID: pid_t, output: OutputCapture, errors: OutputCapture) {
        self.name = name
        self.processID = processID
        self.output = output
        self.errors = errors
        let queue = DispatchQueue(label: "wait for \(name)")
        queue.async { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) != 0 {
                guard errno == EINTR else { return }
            }
            // si_status is a C union member that Swift doesn't see; it stands after si_uid.
            let code = withUnsafeBytes(of: information) { bytes in
                bytes.loadUnaligned(fromByteOffset: Self.statusOffset, as: Int32.self)
            }
            let hasExited = information.si_code == CLD_EXITED
            state.withLock { $0.status = hasExited ? .exited(code) : .signalled(code) }
        }
    }

    /// `si_signo`, `si_errno`, `si_code`, padding, `si_pid`, `si_uid`, then `si_status`: Linux,
    /// 64 bit.
    private static let statusOffset = 24

    /// What it has written to standard output so far, as far as the limit kept it.
    package var standardOutput: String { output.text }

    /// What it has written to standard error so far, as far as the limit kept it.
    package var standardError: String { errors.text }

    /// How it ended; `nil` while it runs.
    package var exitStatus: ExitStatus? { state.withLock { $0.status } }

    package var isRunning: Bool { exitStatus == nil }

    /// Sends it a signal; nothing happens if it has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if !state.isReaped { kill(processID, signal) }
        }
    }

    /// Waits for its end, and for what it wrote before.
    ///
    /// - Throws: `NeverHappened` with the last lines of its standard error.
    @discardableResult
    package func waitForExit(timeout: Duration = .seconds(120)) async throws -> ExitStatus {
        do {
            let status = try await eventually("\(name) ends", timeout: timeout) { exitStatus }
            // A grandchild may hold the outputs open for ever, so this wait is short.
            try? await eventually("the outputs of \(name) end", timeout: .seconds(1)) {
                output.isAtEnd && errors.isAtEnd
            }
            return status
        } catch let error as NeverHappened {
            throw complaint(error.expectation, timeout)
        }
    }

    /// Waits for a line of its standard output or error that contains `text`, and returns it.
    ///
    /// - Throws: `NeverHappened` if it does not come, at once if the process ends before.
    @discardableResult
    package func waitForLine(
        containing text: String,
        timeout: Duration = .seconds(120)
    ) async throws -> String {
        func find() -> String? {
            for output in [output.text, errors.text] {
                // The last piece may be half a line yet.
                for line in output.split(separator: "\n", omittingEmptySubsequences: false)
                    .dropLast() where line.contains(text)
                {
                    return String(line)
                }
            }
            return nil
        }
        let expectation = "\(name) writes a line with \"\(text)\""
        var found: String?
        do {
            try await eventually(expectation, timeout: timeout) {
                let hasEnded = !isRunning && output.isAtEnd && errors.isAtEnd
                found = find()
                return found != nil || hasEnded
            }
        } catch is NeverHappened {
            throw complaint(expectation, timeout)
        }
        guard let found else { throw complaint(expectation, timeout) }
        return found
    }

    /// Ends it and its process group with SIGKILL if need be, and gives its number back.
    package func end() async {
        // The group, because a server may have children of its own; before the reaping, because
        // the zombie keeps the group's number ours.
        state.withLock { state in
            guard !state.isReaped else { return }
            kill(-processID, SIGKILL)
        }
        // A killed process ends, so this is short. It must not be left early, not even by a test
        // that was cancelled: sleeping then returns at once, and yielding keeps others going.
        while exitStatus == nil {
            try? await Task.sleep(for: .milliseconds(1))
            await Task.yield()
        }
        state.withLock { state in
            guard !state.isReaped, state.status != nil else { return }
            var ignored: Int32 = 0
            waitpid(processID, &ignored, 0)
            state.isReaped = true
        }
    }

    private func complaint(_ expectation: String, _ timeout: Duration) -> NeverHappened {
        let state = exitStatus.map { "it ended with \($0)" } ?? "it still runs"
        let tail = standardError.split(separator: "\n").suffix(20).joined(separator: "\n")
        return NeverHappened(
            expectation: expectation,
            timeout: timeout,
            lastError: "\(state); its last errors:\n\(tail)"
        )
    }
}

/// Starts an executable, lends it to `body`, and kills it at the end, whatever happens.
package func withProcess<Result>(
    _ executable: String,
    _ arguments: [String] = [],
    environment: [String: String] = ProcessRunner.inherited,
    workingDirectory: String? = nil,
    _ body: (RunningProcess) async throws -> Result
) async throws -> Result {
    try await withProcess(
        ProcessRunner(
            executable,
            arguments,
            environment: environment,
            workingDirectory: workingDirectory
        ),
        body
    )
}

/// Starts what `runner` describes, lends it to `body`, and kills it at the end, whatever happens.
package func withProcess<Result>(
    _ runner: ProcessRunner,
    _ body: (RunningProcess) async throws -> Result
) async throws -> Result {
    let process = try runner.start()
    do {
        let result = try await body(process)
        await process.end()
        return result
    } catch {
        await process.end()
        throw error
    }
}
