import Crypto
import FleetModel

/// One step of `relabel_configs`, with Prometheus' meaning.
///
/// Patterns match the whole text and take time in proportion to it (`Pattern`), so what a program
/// sends can't hold the agent up.
package struct RelabelRule: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase
        case keepequal, dropequal
    }

    private let action: Action
    private let sourceLabels: [String]
    private let separator: String
    private let pattern: Pattern
    private let modulus: UInt64
    private let targetLabel: Template
    private let replacement: Template

    /// - Throws: `RelabelError` for what Prometheus refuses too: a missing modulus or target, keys
    ///   that the action has no use for, a pattern that is none.
    package init(
        action: Action = .replace,
        sourceLabels: [String] = [],
        separator: String = ";",
        regex: String? = nil,
        modulus: UInt64 = 0,
        targetLabel: String = "",
        replacement: String? = nil
    ) throws(RelabelError) {
        self.action = action
        self.sourceLabels = sourceLabels
        self.separator = separator
        self.modulus = modulus
        self.targetLabel = Template(targetLabel)
        self.replacement = Template(replacement ?? "$1")
        do {
            pattern = try Pattern(regex ?? "(.*)")
        } catch {
            throw RelabelError("regex", "\(error)")
        }
        switch action {
        case .replace, .hashmod, .lowercase, .uppercase, .keepequal, .dropequal:
            guard !targetLabel.isEmpty else {
                throw RelabelError("target_label", "is required for \(action.rawValue)")
            }
        case .keep, .drop, .labelmap, .labeldrop, .labelkeep:
            break
        }
        if action == .hashmod, modulus == 0 {
            throw RelabelError("modulus", "is required for hashmod, and not zero")
        }
        if [.keepequal, .dropequal].contains(action),
            regex != nil || replacement != nil || modulus != 0
        {
            throw RelabelError(
                "action",
                "\(action.rawValue) takes source_labels and target_label only"
            )
        }
        if [.labeldrop, .labelkeep].contains(action),
            !sourceLabels.isEmpty || !targetLabel.isEmpty || replacement != nil || modulus != 0
        {
            throw RelabelError("action", "\(action.rawValue) takes regex only")
        }
    }

    /// Changes the labels. Returns whether the series is kept.
    package func apply(to labels: inout [String: String]) -> Bool {
        let value = sourceLabels.map { labels[$0] ?? "" }.joined(separator: separator)
        switch action {
        case .keep: return pattern.matches(value)
        case .drop: return !pattern.matches(value)
        case .keepequal: return labels[targetLabel.text] ?? "" == value
        case .dropequal: return labels[targetLabel.text] ?? "" != value
        case .replace: replace(value, in: &labels)
        case .lowercase: Self.set(targetLabel.text, value.lowercased(), in: &labels)
        case .uppercase: Self.set(targetLabel.text, value.uppercased(), in: &labels)
        case .hashmod:
            // The last eight bytes, as Prometheus takes them.
            let hash = Insecure.MD5.hash(data: Array(value.utf8)).suffix(8)
            let number = hash.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            labels[targetLabel.text] = "\(number % modulus)"
        case .labelmap:
            // In the order of the names, so that where two become one, the later wins every time.
            for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
                guard let captures = pattern.captures(in: name) else { continue }
                Self.set(replacement.expanded(captures, pattern), value, in: &labels)
            }
        case .labeldrop: labels = labels.filter { !pattern.matches($0.key) }
        case .labelkeep: labels = labels.filter { pattern.matches($0.key) }
        }
        return true
    }

    private func replace(_ value: String, in labels: inout [String: String]) {
        guard let captures = pattern.captures(in: value) else { return }
        let target = targetLabel.expanded(captures, pattern)
        guard Self.isName(target) else { return }
        Self.set(target, replacement.expanded(captures, pattern), in: &labels)
    }

    /// An empty value is no label.
    private static func set(_ name: String, _ value: String, in labels: inout [String: String]) {
        labels[name] = value.isEmpty ? nil : value
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
            default: false
            }
        }
    }
}
