/// The targets of a `Package.swift` that is written as ours is: `.swift("Name", in: "Folder",
/// uses: ["Other", .product])`, on one line or many.
struct Manifest: Sendable {
    /// One target as declared.
    struct Target: Sendable {
        let name: String
        let folder: String
        /// Modules it may import: our own by name, outside ones by the product's name.
        let uses: Set<String>
    }

    let targets: [Target]
    /// The outside products, by their names as modules.
    let products: Set<String>

    init(text: String) {
        let code = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            .joined(separator: "\n")
        var products: [String: String] = [:]
        for match in code.matches(of: /static let (\w+) = product\(\s*name: "(\w+)"/) {
            products[String(match.1)] = String(match.2)
        }
        self.products = Set(products.values)
        self.targets = code.matches(of: /\.(swift|executable|tests|c)\(\s*"(\w+)"/).map { match in
            let arguments = Self.balanced(code[match.range.lowerBound...])
            let uses = Self.list("uses", in: arguments)
            let own = uses.matches(of: /"(\w+)"/).map { String($0.1) }
            let outside = uses.matches(of: /\.(\w+)/).compactMap { products[String($0.1)] }
            return Target(
                name: String(match.2),
                folder: arguments.firstMatch(of: /in: "([^"]+)"/).map { String($0.1) }
                    ?? "Tests/\(match.2)",
                uses: Set(own + outside)
            )
        }
    }

    /// The target that compiles a file: the one with the longest folder above it.
    func target(of path: String) -> Target? {
        targets.filter { path.hasPrefix("\($0.folder)/") }.max { $0.folder.count < $1.folder.count }
    }

    func target(named name: String) -> Target? {
        targets.first { $0.name == name }
    }

    /// The text from the first parenthesis to the one that closes it.
    private static func balanced(_ text: Substring) -> Substring {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth == 0 { return text[...index] }
            default: break
            }
        }
        return text
    }

    /// What stands in the brackets after `label:`; none of our lists hold brackets themselves.
    private static func list(_ label: String, in text: Substring) -> Substring {
        guard let start = text.firstRange(of: "\(label): [")?.upperBound,
            let end = text[start...].firstIndex(of: "]")
        else { return "" }
        return text[start..<end]
    }
}
