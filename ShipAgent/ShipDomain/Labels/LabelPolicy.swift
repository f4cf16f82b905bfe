import FleetModel

/// What the labels of every series from this ship must be, whatever way it came in.
package struct LabelPolicy: Sendable {
    /// The labels that the fleet agreed on; any others may be used as well.
    package static let standardLabels: Set<String> = [
        "tenant_id", "client_id", "ship_id", "environment", "cluster", "region", "app",
        "component", "version", "incident_id", "runbook_id",
    ]

    /// What becomes of a series that says something else than `values`.
    package enum Conflict: String, Sendable, CaseIterable {
        case refuse, overwrite
    }

    /// This ship's truth: set where a series lacks the label.
    package var values: [String: String]
    package var conflict: Conflict
    /// Labels that must be there in the end.
    package var required: [String]
    package var labelLimit: Int
    package var valueByteLimit: Int

    package init(
        values: [String: String] = [:],
        conflict: Conflict = .refuse,
        required: [String] = [],
        labelLimit: Int = Limits.labelsPerSeries,
        valueByteLimit: Int = Limits.labelValueBytes
    ) {
        self.values = values
        self.conflict = conflict
        self.required = required
        self.labelLimit = min(labelLimit, Limits.labelsPerSeries)
        self.valueByteLimit = min(valueByteLimit, Limits.labelValueBytes)
    }

    /// Adds what is missing, and says what is wrong.
    package func enforce(on labels: inout [String: String]) -> LabelViolation? {
        for (name, value) in values {
            if let given = labels[name], given != value, conflict == .refuse {
                return LabelViolation(.wrongValue, label: name)
            }
            labels[name] = value
        }
        for name in required where labels[name]?.isEmpty ?? true {
            return LabelViolation(.missing, label: name)
        }
        guard labels[LabelSet.nameLabel]?.isEmpty == false else {
            return LabelViolation(.missing, label: LabelSet.nameLabel)
        }
        // The name is no label that anybody counts.
        guard labels.count <= labelLimit else { return LabelViolation(.tooMany) }
        for (name, value) in labels {
            guard name.utf8.count <= Limits.labelNameBytes else {
                return LabelViolation(.nameTooLong)
            }
            guard value.utf8.count <= valueByteLimit else { return LabelViolation(.valueTooLong) }
        }
        return nil
    }
}
