extension Rule {
    /// Lines that a file may have; and lines after which somebody should think of splitting it.
    static let longestFile = 600
    static let longFile = 400

    /// Small files stay small: the limit may be lowered, never raised.
    static let filesAreShort = Rule(sentence: "no file is longer than 600 lines") { repository in
        repository.sources.filter { $0.lines.count > longestFile }.map { file in
            file.finding(file.lines.count, "split it: \(longestFile) lines are the limit")
        }
    }

    /// A drawer for everything is a drawer nobody opens.
    static let namesSaySomething = Rule(
        sentence: "no file or folder is named for its vagueness"
    ) { repository in
        repository.files.compactMap { file in
            let words = file.path.split(separator: "/").map { $0.split(separator: ".").first ?? $0 }
            let vague = vagueNames.first { vague in
                words.contains(vague[...]) || words.last?.hasSuffix(vague) == true
            }
            guard let vague else { return nil }
            return file.finding(1, "name it for what it does, not \(vague)")
        }
    }

    private static let vagueNames = [
        "Common", "Helper", "Helpers", "Misc", "Placeholder", "Util", "Utilities", "Utils",
    ]

    /// One type per file, and who looks for it finds it by name.
    static let filesAreNamedForTheirType = Rule(
        sentence: "a Swift file declares or extends what it is named for"
    ) { repository in
        let kinds = ["struct", "class", "enum", "actor", "protocol", "extension", "typealias"]
        return repository.sources.compactMap { file in
            let type = String(file.name.split(separator: "+").first ?? "")
            let isDeclared = file.code.contains { _, line in
                guard line.names(type) else { return false }
                let words = line.split(separator: " ")
                return zip(words, words.dropFirst()).contains { word, next in
                    kinds.contains(String(word)) && next.isNamed(type)
                }
            }
            return isDeclared
                ? nil : file.finding(1, "declare or extend \(type) here, or rename it")
        }
    }

    /// The eight names, and what every repository has.
    static let topLevelIsTheAgreedOne = Rule(
        sentence: "the top level holds the eight agreed names only"
    ) { repository in
        let agreed: Set = [
            "CoreServer", "ShipAgent", "Shared", "Migrations", "Tests", "Deploy", "README.md",
            "Package.swift", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
        ]
        return repository.topLevel.filter { !agreed.contains($0) && !$0.hasPrefix(".") }
            .map { "\($0): put it into one of the eight" }
    }
}

extension Substring {
    /// Whether this is the type's name, qualified or followed by punctuation: `NIOCore.Thing:`.
    fileprivate func isNamed(_ type: String) -> Bool {
        let name = prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return name == type || name.hasSuffix(".\(type)")
    }
}
