import FleetModel
import FleetRuntime

/// A part of JSON Schema, draft 2020-12: `type`, `properties`, `required`, `additionalProperties`,
/// `items`, `enum`, `const`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `minLength`,
/// `maxLength`, `minItems`, `maxItems`, `pattern`, `allOf`, `anyOf`, `oneOf`, `not`, `$defs` and `$ref`
/// to what is in the same document.
///
/// Words that explain (`title`, `description`, …) are let be; any other is refused, so that nobody takes
/// for checked what is not. Patterns are RE2's and match in linear time.
package struct JSONSchema: Sendable {
    /// Words that check nothing.
    private static let explaining: Set<String> = [
        "$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples",
        "deprecated", "readOnly", "writeOnly",
    ]
    private static let mostDepth = 64
    /// Steps of one check: choices within choices could be as many as one likes.
    private static let mostSteps = 1_000_000
    /// Faults of one document that are told.
    private static let mostFaults = 20

    private indirect enum Node: Sendable {
        case anything
        case nothing
        case rules([Rule])
    }

    private enum Rule: Sendable {
        case types([String])
        case equals([JSONValue])
        case bound(Double, String, @Sendable (Double, Double) -> Bool)
        case length(Int, isLeast: Bool)
        case count(Int, isLeast: Bool)
        case pattern(Pattern, String)
        case object([String: Node], required: [String], others: Node)
        case items(Node)
        case all([Node])
        case any([Node])
        case one([Node])
        case not(Node)
        case reference(String)
    }

    private let root: Node
    private let definitions: [String: Node]

    /// - Throws: `RegistryError` `invalid` that says what is wrong, and where.
    package init(_ document: JSONValue) throws(RegistryError) {
        var definitions: [String: Node] = ["#": try Self.node(document, "#")]
        if case .object(let members)? = document["$defs"] {
            for (name, value) in members {
                definitions["#/$defs/\(name)"] = try Self.node(value, "#/$defs/\(name)")
            }
        }
        root = definitions["#"] ?? .anything
        self.definitions = definitions
        for reference in Self.references(document) where definitions[reference] == nil {
            throw .invalid(
                "the schema refers to \(reference.prefix(200)): it has # and #/$defs/NAME"
            )
        }
    }

    private static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, value in
                name == "$ref" ? [value.string ?? ""] : references(value)
            }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }

    // MARK: Reading a schema

    private static func node(_ value: JSONValue, _ place: String) throws(RegistryError) -> Node {
        switch value {
        case .boolean(let lets): return lets ? .anything : .nothing
        case .object(let members):
            var rules: [Rule] = []
            for (name, value) in members where !explaining.contains(name) {
                if let rule = try rule(name, value, members, place) { rules.append(rule) }
            }
            return .rules(rules)
        default: throw .invalid("the schema at \(place) is neither an object nor true or false")
        }
    }

    /// - Returns: nil of what another word takes in.
    private static func rule(
        _ name: String,
        _ value: JSONValue,
        _ members: [String: JSONValue],
        _ place: String
    ) throws(RegistryError) -> Rule? {
        let at = "\(place)/\(name)"
        switch name {
        case "type":
            let words = value.string.map { [$0] } ?? value.items.compactMap(\.string)
            let known = ["null", "boolean", "object", "array", "number", "integer", "string"]
            guard !words.isEmpty, words.allSatisfy(known.contains) else { throw wrong(at) }
            return .types(words)
        case "enum":
            guard case .array(let items) = value else { throw wrong(at) }
            return .equals(items)
        case "const": return .equals([value])
        case "minimum": return .bound(try real(value, at), "at least") { $0 >= $1 }
        case "maximum": return .bound(try real(value, at), "at most") { $0 <= $1 }
        case "exclusiveMinimum": return .bound(try real(value, at), "more than") { $0 > $1 }
        case "exclusiveMaximum": return .bound(try real(value, at), "less than") { $0 < $1 }
        case "minLength": return .length(try whole(value, at), isLeast: true)
        case "maxLength": return .length(try whole(value, at), isLeast: false)
        case "minItems": return .count(try whole(value, at), isLeast: true)
        case "maxItems": return .count(try whole(value, at), isLeast: false)
        case "pattern":
            guard let text = value.string else { throw wrong(at) }
            do {
                return .pattern(try Pattern("(?s:.*)(?:\(text))(?s:.*)"), text)
            } catch {
                throw .invalid("the schema's \(at) is no pattern: \(error)")
            }
        case "properties": return try object(members, place)
        case "required", "additionalProperties":
            return members["properties"] == nil
                && (name == "required" || members["required"] == nil)
                ? try object(members, place) : nil
        case "items": return .items(try node(value, at))
        case "allOf": return .all(try nodes(value, at))
        case "anyOf": return .any(try nodes(value, at))
        case "oneOf": return .one(try nodes(value, at))
        case "not": return .not(try node(value, at))
        case "$ref":
            guard let text = value.string else { throw wrong(at) }
            return .reference(text)
        default:
            throw .invalid(
                "the schema has \(at.prefix(300)), which is not checked here: see the manual"
            )
        }
    }

    private static func object(
        _ members: [String: JSONValue],
        _ place: String
    ) throws(RegistryError) -> Rule {
        var properties: [String: Node] = [:]
        if let value = members["properties"] {
            guard case .object(let own) = value else { throw wrong("\(place)/properties") }
            for (name, value) in own {
                properties[name] = try node(value, "\(place)/properties/\(name)")
            }
        }
        let required = members["required"].map { $0.items.compactMap(\.string) } ?? []
        if let value = members["required"], required.count != value.items.count {
            throw wrong("\(place)/required")
        }
        let others = members["additionalProperties"]
        return .object(
            properties,
            required: required,
            others: try others.map { value throws(RegistryError) in
                try node(value, "\(place)/additionalProperties")
            } ?? .anything
        )
    }

    private static func nodes(_ value: JSONValue, _ at: String) throws(RegistryError) -> [Node] {
        guard case .array(let items) = value, !items.isEmpty else { throw wrong(at) }
        var nodes: [Node] = []
        for (index, item) in items.enumerated() { nodes.append(try node(item, "\(at)/\(index)")) }
        return nodes
    }

    private static func real(_ value: JSONValue, _ at: String) throws(RegistryError) -> Double {
        guard let number = value.number else { throw wrong(at) }
        return number
    }

    private static func whole(_ value: JSONValue, _ at: String) throws(RegistryError) -> Int {
        guard case .integer(let number) = value, number >= 0 else { throw wrong(at) }
        return Int(clamping: number)
    }

    private static func wrong(_ at: String) -> RegistryError {
        .invalid("the schema's \(at.prefix(300)) is not as JSON Schema has it")
    }

    // MARK: Checking a value

    private struct Check {
        var steps = 0
        var faults: [String] = []
    }

    /// - Returns: what is wrong, each with its place; nothing where all is right.
    package func faults(of value: JSONValue) -> [String] {
        var check = Check()
        validate(value, root, "$", 0, &check)
        return check.faults
    }

    private func isValid(
        _ value: JSONValue,
        _ node: Node,
        _ depth: Int,
        _ check: inout Check
    ) -> Bool {
        var own = Check(steps: check.steps)
        validate(value, node, "", depth, &own)
        check.steps = own.steps
        return own.faults.isEmpty
    }

    private func validate(
        _ value: JSONValue,
        _ node: Node,
        _ place: String,
        _ depth: Int,
        _ check: inout Check
    ) {
        guard check.faults.count < Self.mostFaults else { return }
        check.steps += 1
        guard depth < Self.mostDepth, check.steps < Self.mostSteps else {
            return check.faults.append("\(place) is too involved to be checked")
        }
        switch node {
        case .anything: break
        case .nothing: check.faults.append("\(place) may not be there")
        case .rules(let rules):
            for rule in rules { apply(rule, to: value, place, depth, &check) }
        }
    }

    private func apply(
        _ rule: Rule,
        to value: JSONValue,
        _ place: String,
        _ depth: Int,
        _ check: inout Check
    ) {
        switch rule {
        case .types(let words):
            if !words.contains(where: value.isOf) {
                check.faults.append("\(place) is no \(words.joined(separator: " or "))")
            }
        case .equals(let values):
            if !values.contains(where: value.equals) {
                check.faults.append("\(place) is none of what it may be")
            }
        case .bound(let bound, let words, let holds):
            if let number = value.number, !holds(number, bound) {
                let limit = Int64(exactly: bound).map { "\($0)" } ?? "\(bound)"
                check.faults.append("\(place) is not \(words) \(limit)")
            }
        case .length(let length, let isLeast):
            if let count = value.string?.unicodeScalars.count,
                isLeast ? count < length : count > length
            {
                check.faults.append("\(place) is \(isLeast ? "shorter" : "longer") than \(length)")
            }
        case .count(let count, let isLeast):
            if case .array(let items) = value,
                isLeast ? items.count < count : items.count > count
            {
                check.faults.append(
                    "\(place) has \(isLeast ? "fewer" : "more") than \(count) items"
                )
            }
        case .pattern(let pattern, let text):
            if let string = value.string, !pattern.matches(string) {
                check.faults.append("\(place) is not like \(text)")
            }
        case .object(let properties, let required, let others):
            guard case .object(let members) = value else { return }
            for name in required where members[name] == nil {
                check.faults.append("\(place) lacks \(name)")
            }
            for name in members.keys.sorted() {
                guard let member = members[name] else { continue }
                let own = properties[name] ?? others
                validate(member, own, "\(place).\(name.prefix(100))", depth + 1, &check)
            }
        case .items(let node):
            for (index, item) in value.items.enumerated() {
                validate(item, node, "\(place)[\(index)]", depth + 1, &check)
            }
        case .all(let nodes):
            for node in nodes { validate(value, node, place, depth + 1, &check) }
        case .any(let nodes):
            if !nodes.contains(where: { isValid(value, $0, depth + 1, &check) }) {
                check.faults.append("\(place) is like none of its choices")
            }
        case .one(let nodes):
            let count = nodes.count { isValid(value, $0, depth + 1, &check) }
            if count != 1 { check.faults.append("\(place) is like \(count) of its choices, not 1") }
        case .not(let node):
            if isValid(value, node, depth + 1, &check) {
                check.faults.append("\(place) is what it may not be")
            }
        case .reference(let name):
            validate(value, definitions[name] ?? .nothing, place, depth + 1, &check)
        }
    }
}

extension JSONValue {
    fileprivate var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number): number
        default: nil
        }
    }

    fileprivate func isOf(_ type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .boolean: type == "boolean"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        case .integer: type == "integer" || type == "number"
        // 3.0 is a whole number there.
        case .decimal(let number):
            type == "number" || type == "integer" && number.rounded() == number
        }
    }

    /// 1 and 1.0 are one number.
    fileprivate func equals(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map(value.equals) ?? false }
        default: number.map { $0 == other.number } ?? (self == other)
        }
    }
}
