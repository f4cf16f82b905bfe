import Testing

/// Holds the repository to the parts of its style that no compiler flag checks.
@Suite struct TidyTests {
    private let repository = Repository.current

    @Test func `the manifest and the sources are read`() {
        #expect(repository.manifest.targets.count > 20)
        #expect(repository.manifest.target(named: "FleetRuntime")?.uses.contains("Yams") == true)
        #expect(repository.sources.count >= repository.manifest.targets.count)
        #expect(repository.sources.allSatisfy { $0.target != nil })
    }

    @Test(arguments: Rule.all)
    func `the repository keeps the rule`(rule: Rule) {
        let findings = rule.findings(repository)

        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    /// Not a rule: a list to think about.
    @Test func `long files are reported`() {
        for file in repository.sources where file.lines.count > Rule.longFile {
            print("long file: \(file.path) has \(file.lines.count) lines")
        }
    }
}
