import CoreDomain
import HTTPTypes

/// One operation of the API: what it is called, who may, what it takes and answers.
///
/// The router, the authorisation, the OpenAPI document and the permission test are made from these:
/// nothing can be reached that is not one.
struct Endpoint: Sendable {
    /// Who may come in.
    enum Access: Sendable, Hashable {
        /// Anybody, without a credential.
        case open
        /// Anybody who has proven who they are.
        case authenticated
        /// Whoever has the permission over the tenant, or the installation.
        case tenant(Permission)
        /// Whoever has the permission over any ship; the answer holds those alone.
        case ships(Permission)
        /// Whoever has the permission over the ship that `{ship}` names.
        case ship(Permission)

        /// What it is asked for, in the document.
        var word: String {
            switch self {
            case .open: "open"
            case .authenticated: "authenticated"
            case .tenant: "tenant"
            case .ships: "ships"
            case .ship: "ship"
            }
        }

        var permission: Permission? {
            switch self {
            case .open, .authenticated: nil
            case .tenant(let permission), .ships(let permission), .ship(let permission): permission
            }
        }
    }

    /// A value in the path or the query, or a header.
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }

        let name: String
        let place: Place
        let isRequired: Bool
        let schema: Schema
        let meaning: String

        static func query(
            _ name: String,
            _ schema: Schema,
            required: Bool = false,
            _ meaning: String
        ) -> Parameter {
            Parameter(
                name: name,
                place: .query,
                isRequired: required,
                schema: schema,
                meaning: meaning
            )
        }
    }

    /// An answer that is no problem.
    struct Answer: Sendable {
        let status: Int
        let meaning: String
        /// By media type; none where there is no body.
        let content: [(type: String, schema: Schema)]
        /// Whether it has an `ETag`.
        var hasVersion = false
    }

    /// Unique, for clients that are generated: `listShips`.
    let operation: String
    let method: HTTPRequest.Method
    /// Below `/api/v1/`, with `{names}`.
    let path: String
    let access: Access
    /// What the document groups it under.
    let tag: String
    let summary: String
    var parameters: [Parameter] = []
    /// The body by media type; none where it takes none.
    var body: [(type: String, schema: Schema)] = []
    var answers: [Answer]
    /// Problems beside those that every endpoint has: 404, 409, 412 …
    var problems: [Int] = []

    /// Whether it changes something: such endpoints take an `Idempotency-Key`.
    var isChange: Bool { method != .get && method != .head && changesSomething }
    /// False for questions that are asked by POST, since their query is large.
    var changesSomething = true
    /// Whether it needs `If-Match`.
    var needsVersion = false

    /// The names in the path, in order.
    var pathNames: [String] {
        path.split(separator: "/").compactMap { part in
            part.hasPrefix("{") && part.hasSuffix("}") ? String(part.dropFirst().dropLast()) : nil
        }
    }
}
