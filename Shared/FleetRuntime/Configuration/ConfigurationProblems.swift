/// What the readers of one document have found and used; shared by all of them.
final class ConfigurationProblems {
    let file: String
    private(set) var problems: [ConfigurationError.Problem] = []
    private(set) var keys: [ConfigurationKey] = []
    var readers: [ConfigurationReader] = []

    init(file: String) {
        self.file = file
    }

    func report(key: String, line: Int?, _ reason: String) {
        let problem = ConfigurationError.Problem(key: key, line: line, reason: reason)
        // A section that is read twice must not complain twice.
        if !problems.contains(problem) { problems.append(problem) }
    }

    func record(_ key: ConfigurationKey) {
        if !keys.contains(where: { $0.path == key.path }) { keys.append(key) }
    }
}
