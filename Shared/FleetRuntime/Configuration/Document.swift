import Yams

/// A YAML file as a tree with line numbers: what a `ConfigurationReader` reads from.
package struct Document: Sendable {
    /// Largest file to read: a thousand times a long configuration.
    package static let byteLimit = 1024 * 1024

    /// Most nodes of a tree, aliases counted as often as they are used: a file of the largest size
    /// has at most half as many by itself, so only an alias bomb has more.
    package static let nodeLimit = 500_000

    /// Deepest nesting; our own files need five.
    package static let depthLimit = 64

    /// The file as the errors name it.
    package let file: String
    package let root: DocumentValue

    /// Reads a file.
    ///
    /// - Throws: `FileError` if it can't be read, `ConfigurationError` if it is not YAML, not UTF-8,
    ///   or past a limit.
    package static func read(_ path: String) throws -> Document {
        try Document(yaml: AtomicFile.readText(path, limit: byteLimit), file: path)
    }

    /// Reads text; an empty one is an empty mapping.
    ///
    /// - Throws: `ConfigurationError`.
    package init(yaml: String, file: String = "configuration") throws(ConfigurationError) {
        guard yaml.utf8.count <= Self.byteLimit else {
            throw Self.problem(file, nil, "the file is larger than \(Self.byteLimit) bytes")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw Self.problem(file, error)
        } catch {
            throw Self.problem(file, nil, "the file is not YAML")
        }
        var count = 0
        self.file = file
        self.root =
            if let node {
                try Self.convert(node, file: file, depth: 0, count: &count)
            } else {
                DocumentValue(.null)
            }
    }

    /// A reader over the whole document.
    package func reader() -> ConfigurationReader {
        ConfigurationReader(root, file: file)
    }

    private static func convert(
        _ node: Node,
        file: String,
        depth: Int,
        count: inout Int
    ) throws(ConfigurationError) -> DocumentValue {
        let line = node.mark?.line
        count += 1
        guard count <= nodeLimit else {
            throw problem(file, line, "the file's aliases expand to over \(nodeLimit) nodes")
        }
        guard depth <= depthLimit else {
            throw problem(file, line, "the file is nested deeper than \(depthLimit) levels")
        }
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
            return DocumentValue(isNull ? .null : .scalar(scalar.string), line: line)
        case .sequence(let sequence):
            var values: [DocumentValue] = []
            for element in sequence {
                values.append(try convert(element, file: file, depth: depth + 1, count: &count))
            }
            return DocumentValue(.sequence(values), line: line)
        case .mapping(let mapping):
            var entries: [DocumentValue.Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw problem(file, key.mark?.line, "a key must be a plain word")
                }
                let value = try convert(value, file: file, depth: depth + 1, count: &count)
                let line = key.mark?.line
                entries.append(DocumentValue.Entry(key: name.string, line: line, value: value))
            }
            return DocumentValue(.mapping(entries), line: line)
        case .alias:
            // The parser puts the anchored node in its place; only hand-built trees have these.
            throw problem(file, line, "an alias points nowhere")
        }
    }

    /// Yams quotes the offending line in its own description, which may hold a secret.
    private static func problem(_ file: String, _ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(_, let reason, let mark, _), .parser(_, let reason, let mark, _),
            .composer(_, let reason, let mark, _):
            return problem(file, mark.line, "the file is not YAML: \(reason)")
        case .reader(let reason, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 }
            return problem(file, line, "the file is not YAML: \(reason)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().joined(separator: ", ")
            return problem(file, context.mark.line, "the same key comes twice: \(names)")
        default:
            return problem(file, nil, "the file is not YAML")
        }
    }

    private static func problem(
        _ file: String,
        _ line: Int?,
        _ reason: String
    ) -> ConfigurationError {
        ConfigurationError(
            file: file,
            problems: [ConfigurationError.Problem(key: "", line: line, reason: reason)]
        )
    }
}
