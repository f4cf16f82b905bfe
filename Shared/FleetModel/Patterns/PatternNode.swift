/// A pattern, taken apart.
indirect enum PatternNode: Sendable {
    enum Assertion: Sendable {
        case start, end, lineStart, lineEnd, wordBoundary, noWordBoundary
    }

    case empty
    case one(ScalarSet)
    case assertion(Assertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repeated(PatternNode, atLeast: Int, atMost: Int?, greedy: Bool)
    case group(PatternNode, index: Int)

    /// The texts that it stands for, where it is nothing but a choice of plain ones.
    var literals: [String]? {
        switch self {
        case .empty: return [""]
        case .one(let set):
            guard set.ranges.count == 1, set.ranges[0].count == 1,
                let scalar = Unicode.Scalar(set.ranges[0].lowerBound)
            else { return nil }
            return [String(Character(scalar))]
        case .sequence(let parts):
            var scalars = String.UnicodeScalarView()
            for part in parts {
                guard case .one = part, let text = part.literals?.first else { return nil }
                scalars.append(contentsOf: text.unicodeScalars)
            }
            return [String(scalars)]
        case .alternatives(let parts):
            var texts: [String] = []
            for part in parts {
                if case .alternatives = part { return nil }
                guard let found = part.literals else { return nil }
                texts += found
            }
            return texts
        case .group(let inner, _): return inner.literals
        case .assertion, .repeated: return nil
        }
    }
}
