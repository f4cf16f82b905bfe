import Glibc

/// A file operation that the system refused.
package struct FileError: Error, CustomStringConvertible, Equatable {
    /// What was tried, as a verb: `open`, `rename`, `lock`.
    package let operation: String
    package let path: String
    /// The system's `errno`; 0 where the refusal is ours and `reason` says why.
    package let code: Int32
    /// Why, as a clause: `No such file or directory`.
    package let reason: String

    /// Takes the reason from `errno`. Call it directly after the system call that failed.
    package init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = Self.describe(code)
    }

    package init(_ operation: String, _ path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.code = 0
        self.reason = reason
    }

    package var description: String {
        "cannot \(operation) \(path): \(reason)"
    }

    /// The system's words for an `errno`.
    package static func describe(_ code: Int32) -> String {
        // The GNU `strerror` returns constants for known codes; no buffer is shared between threads.
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
