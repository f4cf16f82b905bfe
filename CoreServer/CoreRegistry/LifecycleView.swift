/// Which of what can be deleted and restored a search is about.
package enum LifecycleView: Int64, Sendable, CaseIterable {
    case active = 1
    case deleted = 2
    case all = 3

    package var word: String {
        switch self {
        case .active: "ACTIVE_ONLY"
        case .deleted: "DELETED_ONLY"
        case .all: "ALL"
        }
    }
}
