/// The database does not keep tenants apart as promised: the server must not start.
package struct TenancyViolation: Error, Sendable, CustomStringConvertible {
    /// One sentence each, sorted; never empty.
    package let findings: [String]

    package init(findings: [String]) {
        precondition(!findings.isEmpty, "a violation has been found")
        self.findings = findings
    }

    package var description: String {
        "The database does not keep tenants apart: " + findings.joined(separator: "; ")
    }
}
