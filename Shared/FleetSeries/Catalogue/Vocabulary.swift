/// The texts that one label has had, in the order of their first use, and which followed which.
struct Vocabulary {
    private(set) var texts: [[UInt8]] = []
    private var places: [[UInt8]: Int] = [:]
    /// For each text, the one that came when the label last moved on from it.
    private var successors: [Int?] = []
    /// The text of the last definition that has the label.
    private(set) var last: Int?
    /// How the last guesses did, two bits each: the same again, the next one.
    var sameHistory = 0
    var nextHistory = 0

    /// The text that probably comes when the label moves on.
    var successor: Int? { last.flatMap { successors[$0] } }

    func place(of text: [UInt8]) -> Int? { places[text] }

    mutating func add(_ text: [UInt8]) -> Int {
        places[text] = texts.count
        texts.append(text)
        successors.append(nil)
        return texts.count - 1
    }

    mutating func use(_ place: Int) {
        if let last, last != place { successors[last] = place }
        last = place
    }
}
