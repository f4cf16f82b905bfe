/// What a delta does with each file of the new tree.
struct DeltaPlan {
    enum Source: Equatable {
        /// The base's file of this number, whole.
        case held(Int)
        /// Told by the frames.
        case told
    }

    /// Without digests.
    let tree: ArtifactTree
    let sources: [Source]

    /// The files that the frames tell, in their order, each with the place of the base where its content
    /// probably begins.
    func told(_ base: DeltaBase) -> [(entry: ArtifactEntry, counterpart: Int?)] {
        let starts = DeltaBase.starts(of: base.files)
        var byPath: [String: Int] = [:]
        var byName: [Substring: [Int]] = [:]
        for (number, file) in base.files.enumerated() {
            guard let path = file.path else { continue }
            byPath[path] = number
            byName[Self.name(path), default: []].append(number)
        }
        return zip(tree.entries, sources).compactMap { entry, source in
            guard source == .told else { return nil }
            let number =
                byPath[entry.path]
                ?? byName[Self.name(entry.path)]?.max {
                    Self.common($0, entry.path, base) < Self.common($1, entry.path, base)
                }
                ?? (base.tree.entries.isEmpty && !base.files.isEmpty ? 0 : nil)
            return (entry, number.map { starts[$0] })
        }
    }

    private static func name(_ path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }

    /// How many bytes two paths have in common at their beginning.
    private static func common(_ number: Int, _ path: String, _ base: DeltaBase) -> Int {
        zip((base.files[number].path ?? "").utf8, path.utf8).prefix { $0 == $1 }.count
    }

    /// The numbers that say the sources: how many files go on being as the base has them under the same path,
    /// then what the next one is (0: told, n: the base's file n − 1).
    static func code<Bits: BinaryCoder>(
        _ sources: [Source],
        tree: ArtifactTree,
        base: DeltaBase,
        _ coder: inout RegionCoder<Bits>
    ) throws(DeltaError) -> [Source] {
        var numbers: [String: Int] = [:]
        for (number, file) in base.files.enumerated() {
            if let path = file.path { numbers[path] = number }
        }
        let same = tree.entries.map { entry in
            numbers[entry.path].flatMap {
                base.files[$0].size == entry.size ? Source.held($0) : nil
            }
        }
        var result: [Source] = []
        while result.count < same.count {
            let begin = result.count
            var run = 0
            if Bits.isEncoder {
                while begin + run < same.count, sources[begin + run] == same[begin + run] {
                    run += 1
                }
            }
            run = coder.codeNumber(run)
            guard run <= same.count - begin else {
                throw DeltaError(.malformed, "more files held than there are")
            }
            for index in begin..<begin + run {
                guard let source = same[index] else {
                    throw DeltaError(
                        .malformed,
                        "\(tree.entries[index].path) is not held under this path"
                    )
                }
                result.append(source)
            }
            guard result.count < same.count else { break }
            var number = 0
            if Bits.isEncoder, case .held(let held) = sources[result.count] { number = held + 1 }
            number = coder.codeNumber(number)
            guard number > 0 else {
                result.append(.told)
                continue
            }
            guard number <= base.files.count,
                base.files[number - 1].size == tree.entries[result.count].size
            else {
                throw DeltaError(
                    .malformed,
                    "\(tree.entries[result.count].path) is said to be held and is not"
                )
            }
            result.append(.held(number - 1))
        }
        return result
    }
}
