extension Rule {
    /// A feature asks another feature, never its tables.
    static let queriesStayInTheirFeature = Rule(
        sentence: "a feature's queries are named in its own folder only"
    ) { repository in
        let homes = Dictionary(
            repository.sources.filter { $0.name.hasSuffix("Queries") }
                .map { (String($0.name), $0.folder) }
        ) { first, _ in first }
        // Tests prepare every statement, and catalogues list them all for that.
        let others = repository.sources.filter { file in
            file.target?.hasSuffix("Tests") == false && !file.name.hasPrefix("StatementCatalogue")
                && !file.name.hasPrefix("RegistryStatements")
                && !file.name.hasPrefix("DeployStatements")
        }
        return others.flatMap { file in
            file.code.flatMap { number, line in
                homes.filter { $0.value != file.folder && line.names($0.key) }.keys.sorted()
                    .map { file.finding(number, "\($0) may be named only in its own folder") }
            }
        }
    }

    /// Words that stand for something we do otherwise, and what that is.
    static let bannedText = Rule(sentence: "banned words are not used") { repository in
        repository.sources.filter { $0.target != "TidyTests" }.flatMap { file in
            let mayPrint = file.path.contains("/App/") || file.path.hasPrefix("Tests/")
            let inCode = file.code.flatMap { number, line in
                bannedInCode.filter { line.names($0.word) && !($0.word == "print(" && mayPrint) }
                    .map { file.finding(number, "use \($0.instead), not \($0.word)") }
            }
            let anywhere = file.lines.enumerated().flatMap { index, line in
                bannedAnywhere.filter { line.names($0) }
                    .map { file.finding(index + 1, "do it, or take \($0) away") }
            }
            return inCode + anywhere
        }
    }

    private static let bannedAnywhere = ["FIXME", "TODO", "XXX"]

    private static let bannedInCode: [(word: String, instead: String)] = [
        ("Task.detached", "a child task of the service's own group"),
        ("nonisolated(unsafe)", "a Mutex or an actor"),
        ("try!", "a thrown error, or a precondition with its reason"),
        ("as!", "as? and a thrown error"),
        ("fatalError(", "a thrown error, or a precondition with its reason"),
        ("print(", "the logger"),
        ("String(format:", "interpolation"),
    ]

    /// The compiler's word is replaced by ours, so ours must be there.
    static let uncheckedSendableIsProven = Rule(
        sentence: "@unchecked Sendable has its proof in a comment directly above"
    ) { repository in
        repository.sources.flatMap { file in
            file.code.compactMap { number, line in
                guard line.names("@unchecked"), file.target != "TidyTests" else { return nil }
                let above = number > 1 ? file.lines[number - 2].drop { $0 == " " } : ""
                return above.hasPrefix("//")
                    ? nil : file.finding(number, "say directly above why it is safe")
            }
        }
    }

    /// What was written at somebody's desk stays there.
    static let noWorkplaceIsMentioned = Rule(
        sentence: "no file mentions a path of the machine it was written on"
    ) { repository in
        // In pieces, so that the rule does not find itself.
        let paths = [["", "work", ""], ["", "root", ""], ["..", "shared", ""]]
            .map { $0.joined(separator: "/") }
        return repository.files.flatMap { file in
            file.lines.enumerated().flatMap { index, line in
                paths.filter { line.mentions(path: $0) }
                    .map { file.finding(index + 1, "nobody else has \($0)") }
            }
        }
    }
}
