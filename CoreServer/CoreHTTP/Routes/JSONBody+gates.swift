import CoreDomain
import CoreRegistry
import FleetRuntime

extension JSONBody {
    /// - Throws: `DomainError` `invalid`.
    func gate() throws -> GateDetails {
        GateDetails(
            model: try text("model") ?? "*",
            target: try required("target", text),
            rules: try value("rules").map(Self.rules) ?? GateRules(),
            approvals: Int(clamping: try number("approvals") ?? 0),
            approvers: try word("approvers") ?? .otherRole
        )
    }

    private static func rules(_ value: JSONValue) throws -> GateRules {
        let members = try object(
            value,
            "rules",
            of: ["metrics", "tags", "signed", "evidence_days"]
        )
        var rules = GateRules()
        rules.metrics = try array(members["metrics"], "rules.metrics").map(metric)
        rules.tags = try array(members["tags"], "rules.tags").map { value in
            let tag = try object(value, "a tag", of: ["key", "value"])
            guard let key = try text(tag["key"], "key") else { throw wrong("a tag's key") }
            return GateRules.Tag(key: key, value: try text(tag["value"], "value"))
        }
        switch members["signed"] {
        case nil, .null: break
        case .boolean(let signed)?: rules.isSigned = signed
        default: throw wrong("rules.signed")
        }
        rules.evidenceDays = try whole(members["evidence_days"], "rules.evidence_days")
        return rules
    }

    private static func metric(_ value: JSONValue) throws -> GateRules.Metric {
        let rule = try object(
            value,
            "a metric's rule",
            of: ["metric", "source", "comparison", "value", "ratio", "points"]
        )
        guard let name = try text(rule["metric"], "metric"),
            let word = try text(rule["comparison"], "comparison"),
            let comparison = GateRules.Comparison(rawValue: word)
        else { throw wrong("a metric's rule (it has metric and comparison: <, <=, > or >=)") }
        let source = try text(rule["source"], "source") ?? "run"
        guard let source = GateRules.Source(rawValue: source) else {
            throw wrong("source (run, shadow or drift)")
        }
        return GateRules.Metric(
            metric: name,
            source: source,
            comparison: comparison,
            value: try real(rule["value"], "value"),
            ratio: try real(rule["ratio"], "ratio"),
            points: try whole(rule["points"], "points")
        )
    }

    /// Runs by what they show: `{"shadow": ["4f…"]}`.
    func evidence(_ name: String) throws -> PromotionEvidence {
        guard let value = value(name) else { return PromotionEvidence() }
        let words = GateRules.Source.allCases.map(\.rawValue)
        let members = try Self.object(value, name, of: Set(words))
        var runs: [GateRules.Source: [String]] = [:]
        for source in GateRules.Source.allCases {
            let ids = try Self.array(members[source.rawValue], source.rawValue).map { item in
                guard let id = try Self.text(item, "a run") else { throw Self.wrong("a run's id") }
                return id
            }
            if !ids.isEmpty { runs[source] = ids }
        }
        return PromotionEvidence(runs: runs)
    }

    // MARK: Values within values

    private static func wrong(_ what: String) -> DomainError {
        DomainError(.invalid, "\(what) is not as it should be: see /openapi.json")
    }

    private static func object(
        _ value: JSONValue,
        _ what: String,
        of known: Set<String>
    ) throws -> [String: JSONValue] {
        guard case .object(let members) = value else { throw wrong(what) }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw DomainError(
                .invalid,
                "'\(unknown)' is not known in \(what): \(known.sorted().joined(separator: ", ")) are"
            )
        }
        return members
    }

    private static func array(_ value: JSONValue?, _ what: String) throws -> [JSONValue] {
        switch value {
        case nil, .null: return []
        case .array(let items)?:
            guard items.count <= GateRules.limit else {
                throw DomainError(.invalid, "\(what) has at most \(GateRules.limit) items")
            }
            return items
        default: throw wrong(what)
        }
    }

    private static func text(_ value: JSONValue?, _ what: String) throws -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text)?:
            guard !text.utf8.contains(0) else { throw wrong(what) }
            return text
        default: throw wrong(what)
        }
    }

    private static func real(_ value: JSONValue?, _ what: String) throws -> Double? {
        switch value {
        case nil, .null: return nil
        case .integer(let number)?: return Double(number)
        case .decimal(let number)?: return number
        default: throw wrong(what)
        }
    }

    private static func whole(_ value: JSONValue?, _ what: String) throws -> Int? {
        switch value {
        case nil, .null: return nil
        case .integer(let number)?: return Int(clamping: number)
        default: throw wrong(what)
        }
    }
}
