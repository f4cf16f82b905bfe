import CoreDomain
import CoreRegistry
import FleetRuntime
import Hummingbird

/// A message's fields by MLflow's conventions: those of protocol buffers in JSON, where snake_case and
/// camelCase are one name, what is unknown passes, and whole numbers may be texts.
struct MLflowFields: Sendable {
    private let members: [String: JSONValue]
    /// From a query, where everything is a text.
    private let isQuery: Bool
    /// What stands before a name in messages: `metrics[0].`.
    private let path: String

    /// Fields that are repeated are repeated in the query, which is written as forms are: a blank is a
    /// plus sign.
    init(query request: Request) {
        var members: [String: JSONValue] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = FormText.decoded(parts[0])
            let text = JSONValue.string(parts.count > 1 ? FormText.decoded(parts[1]) : "")
            switch members[name] {
            case nil: members[name] = text
            case .array(let values)?: members[name] = .array(values + [text])
            case let first?: members[name] = .array([first, text])
            }
        }
        self.init(members: members, isQuery: true, path: "")
    }

    /// - Throws: `RegistryError` `invalid`.
    init(body: [UInt8]) throws(RegistryError) {
        guard !body.isEmpty else {
            self.init(members: [:], isQuery: false, path: "")
            return
        }
        var value: JSONValue
        do throws(JSONReader.Failure) {
            value = try JSONReader.read(body)
            // Old clients encode twice.
            if case .string(let text) = value { value = try JSONReader.read(Array(text.utf8)) }
        } catch {
            throw .invalid("Malformed JSON in the request's body")
        }
        guard case .object(let members) = value else {
            throw .invalid("Malformed JSON in the request's body: it is no object")
        }
        try self.init(object: members, path: "")
    }

    private init(members: [String: JSONValue], isQuery: Bool, path: String) {
        self.members = members
        self.isQuery = isQuery
        self.path = path
    }

    private init(object: [String: JSONValue], path: String) throws(RegistryError) {
        var members: [String: JSONValue] = [:]
        members.reserveCapacity(object.count)
        for (name, value) in object {
            if case .null = value { continue }
            guard members.updateValue(value, forKey: Self.snakeCase(name)) == nil else {
                throw .invalid("'\(path)\(name)' is given twice")
            }
        }
        self.init(members: members, isQuery: false, path: path)
    }

    private static func snakeCase(_ name: String) -> String {
        guard name.utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return name }
        return name.reduce(into: "") { text, character in
            text += character.isUppercase ? "_\(character.lowercased())" : "\(character)"
        }
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    private func wrong(_ name: String, _ hint: String) -> RegistryError {
        .invalid("Invalid value for parameter '\(path)\(name)' supplied: Hint: \(hint)")
    }

    private func missing(_ name: String) -> RegistryError {
        .invalid("Missing value for required parameter '\(path)\(name)'")
    }

    // MARK: Single values

    /// nil where it is not there.
    func text(_ name: String) throws(RegistryError) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else {
            throw wrong(name, "Value was of type '\(value.kind)', it must be a string.")
        }
        return text
    }

    /// Neither absent nor empty.
    func required(_ name: String) throws(RegistryError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw missing(name) }
        return text
    }

    func integer(_ name: String) throws(RegistryError) -> Int64? {
        switch members[name] {
        case nil: return nil
        case .integer(let number): return number
        // As protocol buffers have it: 3.0 is a whole number.
        case .decimal(let number)?:
            guard let whole = Int64(exactly: number) else { break }
            return whole
        case .string(let text)?:
            guard let number = Int64(text) else { break }
            return number
        default: break
        }
        throw wrong(name, "it must be an integer.")
    }

    func requiredInteger(_ name: String) throws(RegistryError) -> Int64 {
        guard let number = try integer(name) else { throw missing(name) }
        return number
    }

    func real(_ name: String) throws(RegistryError) -> Double {
        switch members[name] {
        case nil: throw missing(name)
        case .integer(let number)?: return Double(number)
        case .decimal(let number)?: return number
        case .string("NaN")?: return .nan
        case .string("Infinity")?: return .infinity
        case .string("-Infinity")?: return -.infinity
        case .string(let text)?:
            guard let first = text.utf8.first, first < 0x40, let number = Double(text) else {
                break
            }
            return number
        default: break
        }
        throw wrong(name, "it must be a number.")
    }

    func flag(_ name: String) throws(RegistryError) -> Bool {
        switch members[name] {
        case nil: return false
        case .boolean(let value)?: return value
        case .string(let text)? where isQuery && ["true", "True"].contains(text): return true
        case .string(let text)? where isQuery && ["false", "False"].contains(text): return false
        default: throw wrong(name, "it must be true or false.")
        }
    }

    /// An enumeration's value by its name or its number; what is unknown counts as not given.
    func choice<Choice: RawRepresentable<Int64> & CaseIterable>(
        _ name: String,
        word: (Choice) -> String
    ) throws(RegistryError) -> Choice? {
        switch members[name] {
        case nil: return nil
        case .integer(let number)?: return Choice(rawValue: number)
        case .string(let text)?: return Choice.allCases.first { word($0) == text }
        default: throw wrong(name, "it must be a name.")
        }
    }

    // MARK: Repeated values

    func texts(_ name: String) throws(RegistryError) -> [String] {
        switch members[name] {
        case nil: return []
        case .string(let text)? where isQuery: return [text]
        case .array(let values)?:
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else {
                    throw wrong(name, "it must be an array of strings.")
                }
                texts.append(text)
            }
            return texts
        default: throw wrong(name, "it must be an array.")
        }
    }

    /// Messages within this one.
    func messages(_ name: String) throws(RegistryError) -> [MLflowFields] {
        guard let value = members[name] else { return [] }
        guard case .array(let values) = value else { throw wrong(name, "it must be an array.") }
        var messages: [MLflowFields] = []
        messages.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            guard case .object(let object) = value else {
                throw wrong("\(name)[\(index)]", "it must be an object.")
            }
            messages.append(try MLflowFields(object: object, path: "\(path)\(name)[\(index)]."))
        }
        return messages
    }

    func message(_ name: String) throws(RegistryError) -> MLflowFields? {
        guard let value = members[name] else { return nil }
        guard case .object(let object) = value else { throw wrong(name, "it must be an object.") }
        return try MLflowFields(object: object, path: "\(path)\(name).")
    }

    /// `[{"key": …, "value": …}]`; a value that is not there is empty.
    func tags(_ name: String) throws(RegistryError) -> [RegistryTag] {
        var tags: [RegistryTag] = []
        for message in try messages(name) {
            tags.append(
                RegistryTag(
                    key: try message.required("key"),
                    value: try message.text("value") ?? ""
                )
            )
        }
        return tags
    }

    // MARK: Pages

    /// - Parameter needed: whether 0 is what an absent one means.
    func limit(default: Int?, most: Int) throws(RegistryError) -> Int {
        let wanted = try integer("max_results") ?? `default`.map(Int64.init) ?? 0
        guard wanted >= 1, wanted <= Int64(most) else {
            throw .invalid(
                "Invalid value \(wanted) for parameter 'max_results' supplied. It must be at least 1 "
                    + "and at most \(most)"
            )
        }
        return Int(wanted)
    }
}

extension JSONValue {
    /// As MLflow's messages call it.
    fileprivate var kind: String {
        switch self {
        case .null: "NoneType"
        case .boolean: "bool"
        case .integer: "int"
        case .decimal: "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }
}
