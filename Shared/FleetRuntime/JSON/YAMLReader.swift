import Yams

/// Reads YAML as the JSON that it stands for, by YAML 1.2's core schema: `yes` is a text, and `1.0`
/// within quotes is one too. Meant for what strangers write: within limits, without anchors and aliases,
/// which can stand for more than any memory holds.
package enum YAMLReader {
    package struct Failure: Error, CustomStringConvertible {
        /// Why, and where; nothing of the text itself.
        package let description: String
    }

    /// As deep as JSON may be.
    private static let mostDepth = 32

    /// - Throws: `Failure` for all that is no YAML, or has no JSON.
    package static func read(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        guard bytes.count <= Document.byteLimit else {
            throw Failure(description: "more than \(Document.byteLimit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(description: "no UTF-8")
        }
        guard !hasAliases(bytes) else {
            throw Failure(
                description: "anchors and aliases are not read: write out what they stand for"
            )
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Failure(description: reason(error))
        } catch {
            throw Failure(description: "no YAML")
        }
        return try node.map { node throws(Failure) in try value(node, depth: 0) } ?? .null
    }

    /// Whether it could have any: a `&` and a `*` that begin words. That is judged before it is parsed,
    /// since the parser compares keys, and a key can be an alias for what has no end.
    private static func hasAliases(_ bytes: [UInt8]) -> Bool {
        var (hasAnchor, hasAlias) = (false, false)
        var beginsWord = true
        for (index, byte) in bytes.enumerated() {
            if beginsWord, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"),
                index + 1 < bytes.count, isNamed(bytes[index + 1])
            {
                if byte == UInt8(ascii: "&") { hasAnchor = true } else { hasAlias = true }
            }
            // A byte order mark, or a line's end beyond ASCII, ends with a byte above it.
            beginsWord =
                byte <= 0x20 || byte >= 0x80 || "[]{},:?-!".utf8.contains(byte)
        }
        return hasAnchor && hasAlias
    }

    private static func isNamed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: byte >= 0x80
        }
    }

    private static func value(_ node: Node, depth: Int) throws(Failure) -> JSONValue {
        let line = node.mark?.line ?? 0
        guard depth < mostDepth else {
            throw Failure(description: "line \(line): deeper than \(mostDepth) levels")
        }
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .plain else { return .string(scalar.string) }
            return try plain(scalar.string, line)
        case .sequence(let sequence):
            var items: [JSONValue] = []
            for element in sequence { items.append(try value(element, depth: depth + 1)) }
            return .array(items)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for (key, element) in mapping {
                guard case .scalar(let name) = key else {
                    throw Failure(description: "line \(line): a key must be a plain word")
                }
                members[name.string] = try value(element, depth: depth + 1)
            }
            return .object(members)
        case .alias:
            throw Failure(description: "line \(line): an alias points nowhere")
        }
    }

    private static func plain(_ text: String, _ line: Int) throws(Failure) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: break
        }
        if let whole = whole(text) { return .integer(whole) }
        guard isDecimal(text) else {
            let word = text.drop { $0 == "+" || $0 == "-" }.lowercased()
            guard word != ".inf", text.lowercased() != ".nan" else {
                throw Failure(description: "line \(line): JSON has no such number as \(word)")
            }
            return .string(text)
        }
        guard let number = Double(text), number.isFinite else {
            throw Failure(description: "line \(line): a number is too large")
        }
        return .decimal(number)
    }

    private static func whole(_ text: String) -> Int64? {
        if text.hasPrefix("0x") { return unsigned(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return unsigned(text.dropFirst(2), radix: 8) }
        let digits = text.drop { $0 == "+" || $0 == "-" }
        guard text.count - digits.count <= 1, digits.allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        return Int64(text)
    }

    private static func unsigned(_ digits: Substring, radix: Int) -> Int64? {
        guard digits.first?.isHexDigit ?? false else { return nil }
        return Int64(digits, radix: radix)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func takeSign(_ rest: inout Substring.UTF8View) {
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                rest = rest.dropFirst()
            }
        }
        func takeDigits(_ rest: inout Substring.UTF8View) -> Bool {
            let after = rest.drop { (0x30...0x39).contains($0) }
            defer { rest = after }
            return after.count < rest.count
        }
        takeSign(&rest)
        let hasWhole = takeDigits(&rest)
        var hasFraction = false
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            hasFraction = takeDigits(&rest)
        }
        guard hasWhole || hasFraction else { return false }
        guard let exponent = rest.first else { return true }
        guard exponent | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        takeSign(&rest)
        return takeDigits(&rest) && rest.isEmpty
    }

    private static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(_, let context):
            "line \(context.mark.line): the same key comes twice"
        default: "no YAML"
        }
    }
}
