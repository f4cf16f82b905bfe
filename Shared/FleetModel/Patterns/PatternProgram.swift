/// A pattern as instructions for `PatternMachine`.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case one(ScalarSet)
        case assertion(PatternNode.Assertion)
        case jump(Int)
        /// Both ways, the first preferred.
        case split(Int, Int)
        /// Notes the place in the text.
        case save(Int)
        case accept
    }

    /// Instructions × characters is what a match costs: with the 4,096 bytes of the longest label's
    /// value, 10 million steps.
    static let limit = 2500

    private(set) var instructions: [Instruction] = []

    init(_ node: PatternNode) throws(PatternError) {
        try emit(node)
        try append(.accept)
    }

    private mutating func append(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < Self.limit else {
            throw PatternError("the pattern is too large: repetitions of repetitions, most likely")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .one(let set): try append(.one(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .group(let inner, let index):
            try append(.save(2 * index))
            try emit(inner)
            try append(.save(2 * index + 1))
        case .alternatives(let parts): try emit(alternatives: parts)
        case .repeated(let inner, let low, let high, let greedy):
            for _ in 0..<low { try emit(inner) }
            if let high {
                var splits: [Int] = []
                for _ in low..<high {
                    splits.append(instructions.count)
                    try append(.split(0, 0))
                    try emit(inner)
                }
                for place in splits { split(at: place, past: greedy) }
            } else {
                let place = instructions.count
                try append(.split(0, 0))
                try emit(inner)
                try append(.jump(place))
                split(at: place, past: greedy)
            }
        }
    }

    /// Lets the split at a place choose between what follows it and what comes after everything.
    private mutating func split(at place: Int, past greedy: Bool) {
        let (inside, outside) = (place + 1, instructions.count)
        instructions[place] = greedy ? .split(inside, outside) : .split(outside, inside)
    }

    private mutating func emit(alternatives parts: [PatternNode]) throws(PatternError) {
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            guard index < parts.count - 1 else {
                try emit(part)
                break
            }
            let place = instructions.count
            try append(.split(0, 0))
            try emit(part)
            jumps.append(instructions.count)
            try append(.jump(0))
            instructions[place] = .split(place + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }
}
