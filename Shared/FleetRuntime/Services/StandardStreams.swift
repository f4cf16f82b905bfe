import Glibc

/// Lines for whoever ran the command: results on standard output, troubles on standard error.
package enum StandardStreams {
    package static func out(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    package static func error(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    private static func write(_ line: String, to file: Int32) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
