/// Why a series was not taken in for its labels: one of a few words, and the label it is about.
package struct LabelViolation: Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        case wrongValue = "wrong_value"
        case missing = "missing_label"
        case tooMany = "too_many_labels"
        case nameTooLong = "name_too_long"
        case valueTooLong = "value_too_long"
        case invalid = "invalid_labels"
        case seriesLimit = "series_limit"
    }

    package let reason: Reason
    /// A name of the configuration's, where the reason is about one; never one that was sent.
    package let label: String

    package init(_ reason: Reason, label: String = "") {
        self.reason = reason
        self.label = label
    }

    package var description: String {
        switch reason {
        case .wrongValue: "the label \(label) has another value than this ship's"
        case .missing: "the label \(label) is missing"
        case .tooMany: "there are too many labels"
        case .nameTooLong: "a label's name is too long"
        case .valueTooLong: "a label's value is too long"
        case .invalid: "the labels are no valid set"
        case .seriesLimit: "this ship has as many series as it may"
        }
    }
}
