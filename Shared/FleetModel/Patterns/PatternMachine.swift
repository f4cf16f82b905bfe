/// Follows all ways through a program at once, character by character (Pike's machine): the cost
/// is the product of both lengths whatever the pattern, so no pattern can hold a server up.
struct PatternMachine {
    /// Ways that are alive, in the order of preference; each instruction at most once.
    private struct Ways {
        var places: [Int] = []
        var captures: [[Int]] = []
        var seen: [Int]

        init(count: Int) { seen = [Int](repeating: -1, count: count) }
    }

    private let instructions: [PatternProgram.Instruction]
    private let scalars: [UInt32]
    private let captureCount: Int

    init(_ program: PatternProgram, _ text: String, captureCount: Int) {
        instructions = program.instructions
        scalars = text.unicodeScalars.map(\.value)
        self.captureCount = captureCount
    }

    /// Places of the captures' begins and ends in the text's characters, −1 where there is none;
    /// `nil` if the whole text doesn't match.
    func run() -> [Int]? {
        var now = Ways(count: instructions.count)
        add(0, at: 0, [Int](repeating: -1, count: captureCount), to: &now)
        for position in 0..<scalars.count {
            guard !now.places.isEmpty else { return nil }
            var then = Ways(count: 0)
            swap(&then.seen, &now.seen)
            for (index, place) in now.places.enumerated() {
                if case .one(let set) = instructions[place], set.contains(scalars[position]) {
                    add(place + 1, at: position + 1, now.captures[index], to: &then)
                }
            }
            now = then
        }
        for (index, place) in now.places.enumerated() {
            if case .accept = instructions[place] { return now.captures[index] }
        }
        return nil
    }

    /// Adds a place, or where it leads to without a character. A stack of its own: a pattern's
    /// length must not be a depth of calls.
    private func add(_ place: Int, at position: Int, _ captures: [Int], to ways: inout Ways) {
        var stack = [(place: place, captures: captures)]
        while let (place, captures) = stack.popLast() {
            guard ways.seen[place] != position else { continue }
            ways.seen[place] = position
            switch instructions[place] {
            case .jump(let target): stack.append((target, captures))
            case .split(let first, let second):
                stack.append((second, captures))
                stack.append((first, captures))
            case .save(let slot):
                var captures = captures
                if slot < captures.count { captures[slot] = position }
                stack.append((place + 1, captures))
            case .assertion(let assertion):
                if holds(assertion, at: position) { stack.append((place + 1, captures)) }
            case .one, .accept:
                ways.places.append(place)
                ways.captures.append(captures)
            }
        }
    }

    private func holds(_ assertion: PatternNode.Assertion, at position: Int) -> Bool {
        func isWord(_ index: Int) -> Bool {
            scalars.indices.contains(index) && ScalarSet.word.contains(scalars[index])
        }
        switch assertion {
        case .start: return position == 0
        case .end: return position == scalars.count
        case .lineStart: return position == 0 || scalars[position - 1] == 0x0A
        case .lineEnd: return position == scalars.count || scalars[position] == 0x0A
        case .wordBoundary: return isWord(position - 1) != isWord(position)
        case .noWordBoundary: return isWord(position - 1) == isWord(position)
        }
    }
}
