import FleetModel

extension Declaration.Reason {
    /// For tables and answers: a word, and what it can't say.
    package var words: (word: String, detail: String) {
        switch self {
        case .budget: ("budget", "")
        case .disk: ("disk", "")
        case .age: ("age", "")
        case .refused(let text): ("refused", text)
        case .restored: ("restored", "")
        case .recalled: ("recalled", "")
        }
    }

    init(word: String, detail: String) {
        switch word {
        case "budget": self = .budget
        case "disk": self = .disk
        case "age": self = .age
        case "restored": self = .restored
        case "recalled": self = .recalled
        default: self = .refused(detail)
        }
    }
}
