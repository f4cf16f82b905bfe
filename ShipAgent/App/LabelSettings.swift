import FleetModel
import FleetRuntime
import ShipDomain

/// The keys of the configuration that say what labels may be.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `relabel_configs[]` | list | none | Prometheus' rules, for every series that comes in |
/// | `relabel_configs[].action` | word | `replace` | also keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal |
/// | `relabel_configs[].source_labels` | texts | none | whose values are joined |
/// | `relabel_configs[].separator` | text | `;` | between them |
/// | `relabel_configs[].regex` | RE2 | `(.*)` | must match the whole text |
/// | `relabel_configs[].modulus` | integer | none | of hashmod |
/// | `relabel_configs[].target_label` | text | none | what is set |
/// | `relabel_configs[].replacement` | text | `$1` | with `$1` and `${name}` |
/// | `labels.values` | map | none | this ship's truth: set where a series lacks it |
/// | `labels.on_conflict` | `refuse` or `overwrite` | `refuse` | where a series says otherwise |
/// | `labels.required` | texts | none | labels that every series must have |
/// | `labels.max_labels` | 1…64 | `64` | labels of one series, the metric's name among them |
/// | `labels.max_value_bytes` | 1…4096 | `4096` | bytes of one label's value |
/// | `targets[].metric_relabel_configs[]` | list | none | rules for one exporter, before the others |
///
/// The labels that the fleet agreed on: `tenant_id`, `client_id`, `ship_id`, `environment`,
/// `cluster`, `region`, `app`, `component`, `version`, `incident_id`, `runbook_id`.
enum LabelSettings {
    static func gate(_ reader: ConfigurationReader) -> LabelGate {
        let section = reader.section("labels")
        let policy = LabelPolicy(
            values: values(section),
            conflict: section.choice("on_conflict", default: .refuse),
            required: section.strings("required"),
            labelLimit: section.int(
                "max_labels",
                default: Limits.labelsPerSeries,
                range: 1...Limits.labelsPerSeries
            ),
            valueByteLimit: section.int(
                "max_value_bytes",
                default: Limits.labelValueBytes,
                range: 1...Limits.labelValueBytes
            )
        )
        if policy.values.count + policy.required.count >= policy.labelLimit {
            section.report("max_labels", "leaves no room for a series' own labels")
        }
        return LabelGate(rules: rules("relabel_configs", reader), policy: policy)
    }

    private static func values(_ section: ConfigurationReader) -> [String: String] {
        let values = section.map("values")
        for (name, value) in values where value.isEmpty || name == LabelSet.nameLabel {
            section.report("values", "every label needs a value, and \(LabelSet.nameLabel) is none")
        }
        return values
    }

    static func rules(_ key: String, _ reader: ConfigurationReader) -> [RelabelRule] {
        reader.sections(key).compactMap { section in
            let regex = section.optionalString("regex")
            let replacement = section.optionalString("replacement")
            do throws(RelabelError) {
                return try RelabelRule(
                    action: section.choice("action", default: .replace),
                    sourceLabels: section.strings("source_labels"),
                    separator: section.string("separator", default: ";"),
                    regex: regex,
                    modulus: UInt64(
                        section.int("modulus", default: 0, range: 0...Int.max)
                    ),
                    targetLabel: section.string("target_label", default: ""),
                    replacement: replacement
                )
            } catch {
                section.report(error.key, error.reason)
                return nil
            }
        }
    }
}
