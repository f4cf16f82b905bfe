/// Everything that is wrong with one configuration file, so that it can be put right in one go.
///
/// A problem names the key and what it takes, never the value that stands there: it might be a
/// secret that somebody put under the wrong key.
package struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    /// One thing that is wrong.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// Where it is, such as `targets[2].interval`; empty for the whole file.
        package let key: String
        /// The line in the file, from 1, where it is known.
        package let line: Int?
        /// What is wrong, as a clause: `must be a duration such as 15s, 1m or 500ms`.
        package let reason: String

        package init(key: String, line: Int?, reason: String) {
            self.key = key
            self.line = line
            self.reason = reason
        }

        package var description: String {
            key.isEmpty ? reason : "\(key) \(reason)"
        }
    }

    package let file: String
    /// At least one, in the order of the file's lines.
    package let problems: [Problem]

    package init(file: String, problems: [Problem]) {
        self.file = file
        self.problems = problems
    }

    /// One line per problem: `agent.yaml:12: targets[2].interval must be …`.
    package var description: String {
        problems.map { problem in
            let place = problem.line.map { "\(file):\($0)" } ?? file
            return "\(place): \(problem)"
        }.joined(separator: "\n")
    }
}
