/// Why a file of recorded scrapes could not be read on.
package struct RecordedScrapesError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Fault: Equatable, Sendable {
        /// The operating system's error number and its text.
        case file(number: Int32, text: String)
        /// The compressed bytes end too early, are damaged, or need more memory than allowed.
        case compression(String)
        case lineTooLong(limit: Int)
        /// The line is no recorded scrape.
        case line(String)
    }

    package let path: String
    /// Counted from 1; 0 where it is the file itself.
    package let line: Int
    package let fault: Fault

    package init(path: String, line: Int, fault: Fault) {
        self.path = path
        self.line = line
        self.fault = fault
    }

    /// Whether the lines after this one can still be read: ask for the next as if nothing were.
    package var isOfOneLine: Bool {
        if case .line = fault { return true }
        return false
    }

    package var description: String {
        let place = line == 0 ? path : "\(path), line \(line)"
        return switch fault {
        case .file(_, let text): "\(place): \(text)"
        case .compression(let reason): "\(place): \(reason)"
        case .lineTooLong(let limit): "\(place): the line is longer than \(limit) bytes"
        case .line(let reason): "\(place): \(reason)"
        }
    }
}
