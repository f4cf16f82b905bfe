import CoreDomain
import FleetModel
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A request's JSON object, its members judged one by one: a member that is not known is refused, so
/// that a misspelt one is not taken for none.
struct JSONBody: Sendable {
    private let members: [String: JSONValue]

    /// - Parameter members: all that may be there.
    /// - Throws: `DomainError` `invalid`, `unsupportedMediaType`.
    init(_ request: Request, _ context: APIContext, members known: Set<String>) async throws {
        if let type = request.headers[.contentType] {
            let media = type.split(separator: ";").first.map(String.init) ?? type
            let accepted = ["application/json", "application/merge-patch+json"]
            guard accepted.contains(media.lowercased().filter { $0 != " " }) else {
                throw DomainError(.unsupportedMediaType, "the body is application/json")
            }
        }
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        guard body.readableBytes > 0 else {
            members = [:]
            return
        }
        let decoded = try? JSONDecoder().decode(
            [String: JSONValue].self,
            from: Data(body.readableBytesView)
        )
        guard let decoded else { throw DomainError(.invalid, "the body is no JSON object") }
        if let unknown = decoded.keys.sorted().first(where: { !known.contains($0) }) {
            throw DomainError(
                .invalid,
                "'\(unknown)' is not known here: \(known.sorted().joined(separator: ", ")) are"
            )
        }
        members = decoded
    }

    func value(_ name: String) -> JSONValue? { members[name] }

    func has(_ name: String) -> Bool { members[name] != nil }

    func required<Value>(_ name: String, _ read: (String) throws -> Value?) throws -> Value {
        guard let value = try read(name) else {
            throw DomainError(.invalid, "'\(name)' is needed")
        }
        return value
    }

    /// `nil` where it is not there, or null.
    func text(_ name: String) throws -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text):
            // PostgreSQL stores all but this.
            guard !text.utf8.contains(0) else {
                throw DomainError(.invalid, "'\(name)' holds a NUL character")
            }
            return text
        default: throw DomainError(.invalid, "'\(name)' is a text")
        }
    }

    func flag(_ name: String) throws -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .boolean(let value): return value
        default: throw DomainError(.invalid, "'\(name)' is true or false")
        }
    }

    func number(_ name: String) throws -> Int64? {
        switch members[name] {
        case nil, .null: return nil
        case .integer(let value): return value
        default: throw DomainError(.invalid, "'\(name)' is a whole number")
        }
    }

    func days(_ name: String) throws -> Int32? {
        try number(name).map { number in
            guard let days = Int32(exactly: number) else {
                throw DomainError(.invalid, "'\(name)' is out of range")
            }
            return days
        }
    }

    func moment(_ name: String) throws -> Timestamp? {
        try text(name).map { text in
            guard let moment = Timestamp(parsing: text), moment.isCivil else {
                throw DomainError(.invalid, "'\(name)' is a time such as 2026-11-21T12:00:00Z")
            }
            return moment
        }
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Word? {
        try text(name).map { text in
            guard let word = Word(rawValue: text) else {
                let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'\(name)' is one of \(words)")
            }
            return word
        }
    }

    func texts(_ name: String) throws -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .array(let values):
            return try values.map { value in
                guard case .string(let text) = value, !text.utf8.contains(0) else {
                    throw DomainError(.invalid, "'\(name)' is an array of texts")
                }
                return text
            }
        default: throw DomainError(.invalid, "'\(name)' is an array of texts")
        }
    }

    func labels(_ name: String) throws -> ShipLabels? {
        switch members[name] {
        case nil: return nil
        case .object(let values):
            return try ShipLabels(
                values.mapValues { value in
                    guard case .string(let text) = value else {
                        throw DomainError(.invalid, "'\(name)' is an object of texts")
                    }
                    return text
                }
            )
        default: throw DomainError(.invalid, "'\(name)' is an object of texts")
        }
    }

    func selector(_ name: String) throws -> FleetSelector? {
        switch members[name] {
        case nil: return nil
        case .object(let values):
            return try FleetSelector(
                values.mapValues { value in
                    guard case .array(let items) = value else { throw Self.noSelector }
                    return try items.map { item in
                        guard case .string(let text) = item else { throw Self.noSelector }
                        return text
                    }
                }
            )
        default: throw Self.noSelector
        }
    }

    private static let noSelector = DomainError(
        .invalid,
        "a selector is {\"class\": [\"tanker\"], \"region\": [\"north\", \"baltic\"]}"
    )

    func bearers(_ name: String) throws -> [Bearer]? {
        guard let value = members[name] else { return nil }
        guard case .array(let items) = value else {
            throw DomainError(.invalid, "'\(name)' is an array")
        }
        return try items.map { item in
            guard case .object(let members) = item,
                Set(members.keys).isSubset(of: Self.bearerMembers),
                case .string(let name)? = members["name"],
                case .integer(let rate)? = members["rate_bits"],
                case .integer(let price)? = members["price_micros_per_mb"],
                case .string(let currency)? = members["currency"]
            else {
                throw DomainError(
                    .invalid,
                    "a bearer has name, rate_bits, price_micros_per_mb and currency"
                )
            }
            return Bearer(
                name: name,
                rateBits: rate,
                priceMicrosPerMb: price,
                currency: currency
            )
        }
    }

    private static let bearerMembers: Set<String> = [
        "name", "rate_bits", "price_micros_per_mb", "currency",
    ]
}

extension Timestamp {
    /// Within what PostgreSQL stores and people mean.
    fileprivate var isCivil: Bool {
        self >= Timestamp(milliseconds: 0) && self < Timestamp(seconds: 253_402_300_800)
    }
}
