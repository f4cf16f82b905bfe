import CoreDomain
import HTTPTypes

/// The API as OpenAPI 3.1, made from the endpoints that the router has.
struct OpenAPIDocument {
    private let endpoints: [Endpoint]
    private let mlflow: [Endpoint]

    /// - Parameter endpoints: ours are in it; of MLflow's, which have a document of their own, who may.
    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints.filter { $0.root == .v1 }
        mlflow = endpoints.filter { $0.root != .v1 }
    }

    var text: String { json.text + "\n" }

    private var json: JSONText {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Hawser")), ("version", .string("1")),
                    (
                        "description",
                        .string(
                            "The shore's API. Times are RFC 3339; errors are RFC 9457 problems whose "
                                + "`type` is stable."
                        )
                    ), ("license", .object([("name", .string("Apache-2.0"))])),
                ])
            ), ("servers", .array([.object([("url", .string("/api/v1"))])])),
            ("paths", .object(paths)), ("components", components),
            ("x-mlflow", .array(mlflow.map(Self.permission))),
        ])
    }

    private static func permission(_ endpoint: Endpoint) -> JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("operation", .string(endpoint.operation)),
            ("method", .string(endpoint.method.rawValue)),
            ("path", .string("/\(endpoint.root.rawValue)/\(endpoint.path)")),
        ]
        if let permission = endpoint.access.permission {
            members.append(("permission", .string(permission.rawValue)))
        }
        return .object(members)
    }

    private var paths: [(key: String, value: JSONText)] {
        var order: [String] = []
        for endpoint in endpoints where !order.contains(endpoint.path) {
            order.append(endpoint.path)
        }
        return order.map { path in
            let operations = endpoints.filter { $0.path == path }
            return (
                "/\(path)",
                .object(operations.map { ($0.method.rawValue.lowercased(), Self.operation($0)) })
            )
        }
    }

    private static func operation(_ endpoint: Endpoint) -> JSONText {
        var members: [(key: String, value: JSONText)] = [
            ("operationId", .string(endpoint.operation)),
            ("tags", .array([.string(endpoint.tag)])), ("summary", .string(endpoint.summary)),
        ]
        let parameters = endpoint.parameters + standardHeaders(endpoint)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters.map(parameter)))) }
        if !endpoint.body.isEmpty {
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .boolean(true)),
                        ("content", content(endpoint.body)),
                    ])
                )
            )
        }
        members.append(("responses", .object(responses(endpoint))))
        members.append(
            (
                "security",
                endpoint.access == .open
                    ? .array([])
                    : .array([.object([("token", .array([]))]), .object([("session", .array([]))])])
            )
        )
        if let permission = endpoint.access.permission {
            members.append(("x-permission", .string(permission.rawValue)))
        }
        members.append(("x-access", .string(endpoint.access.word)))
        return .object(members)
    }

    private static func standardHeaders(_ endpoint: Endpoint) -> [Endpoint.Parameter] {
        guard endpoint.access != .open else { return [] }
        var headers = [
            header("Hawser-Tenant", .slug, "which tenant an operator of the installation means")
        ]
        guard endpoint.isChange else { return headers }
        headers += [
            header("Hawser-Reason", .string(atMost: 500), "why: it stands in the audit"),
            header(
                "Idempotency-Key",
                .string(pattern: "^[!-~]{1,200}$"),
                "the same request with the same key, within a day, is done once"
            ),
        ]
        if endpoint.needsVersion {
            headers.append(
                header("If-Match", .text, "the ETag of what you read, or *", isRequired: true)
            )
        }
        return headers
    }

    private static func header(
        _ name: String,
        _ schema: Schema,
        _ meaning: String,
        isRequired: Bool = false
    ) -> Endpoint.Parameter {
        Endpoint.Parameter(
            name: name,
            place: .header,
            isRequired: isRequired,
            schema: schema,
            meaning: meaning
        )
    }

    private static func parameter(_ parameter: Endpoint.Parameter) -> JSONText {
        .object([
            ("name", .string(parameter.name)), ("in", .string(parameter.place.rawValue)),
            ("required", .boolean(parameter.isRequired)), ("schema", parameter.schema.json),
            ("description", .string(parameter.meaning)),
        ])
    }

    private static func content(_ content: [(type: String, schema: Schema)]) -> JSONText {
        .object(content.map { ($0.type, .object([("schema", $0.schema.json)])) })
    }

    private static func responses(
        _ endpoint: Endpoint
    ) -> [(key: String, value: JSONText)] {
        var responses: [(key: String, value: JSONText)] = endpoint.answers.map { answer in
            var members: [(key: String, value: JSONText)] = [
                ("description", .string(answer.meaning))
            ]
            if !answer.content.isEmpty { members.append(("content", content(answer.content))) }
            if answer.hasVersion {
                members.append(
                    (
                        "headers",
                        .object([("ETag", .object([("schema", Schema.text.json)]))])
                    )
                )
            }
            return ("\(answer.status)", .object(members))
        }
        let hasPages = endpoint.answers.contains { $0.content.contains { $0.type == "text/html" } }
        if hasPages {
            responses.append(
                ("303", .object([("description", .string("to the sign-in, for browsers"))]))
            )
        }
        let problem = hasPages ? "ProblemOrPage" : "Problem"
        for status in problems(endpoint) {
            responses.append(
                (
                    "\(status)",
                    .object([("$ref", .string("#/components/responses/\(problem)"))])
                )
            )
        }
        return responses
    }

    private static func problems(_ endpoint: Endpoint) -> [Int] {
        var statuses: Set<Int> = [400, 429, 503]
        // 404 also where no tenant is called as Hawser-Tenant says.
        if endpoint.access != .open { statuses.formUnion([401, 403, 404]) }
        if endpoint.isChange { statuses.formUnion([409, 422]) }
        if endpoint.needsVersion { statuses.formUnion([412, 428]) }
        if !endpoint.pathNames.isEmpty { statuses.insert(404) }
        if !endpoint.body.isEmpty { statuses.formUnion([413, 415]) }
        statuses.formUnion(endpoint.problems)
        return statuses.sorted()
    }

    private var components: JSONText {
        .object([
            ("schemas", .object([("Problem", Self.problem.json)])),
            (
                "responses",
                .object([
                    ("Problem", Self.problemAnswer([])),
                    ("ProblemOrPage", Self.problemAnswer([("text/html", .text)])),
                ])
            ),
            (
                "securitySchemes",
                .object([
                    (
                        "token",
                        .object([("type", .string("http")), ("scheme", .string("bearer"))])
                    ),
                    (
                        "session",
                        .object([
                            ("type", .string("apiKey")), ("in", .string("cookie")),
                            ("name", .string("__Host-hawser")),
                        ])
                    ),
                ])
            ),
        ])
    }

    private static func problemAnswer(_ more: [(type: String, schema: Schema)]) -> JSONText {
        .object([
            ("description", .string("a problem (RFC 9457)")),
            ("content", content([("application/problem+json", .named("Problem"))] + more)),
        ])
    }

    private static let problem = Schema.object(
        [
            ("type", .string(format: "uri")), ("title", .text), ("status", .integer()),
            ("detail", .text), ("instance", .text), ("limit", .text), ("retry_after", .integer()),
        ],
        required: ["type", "title", "status", "detail"]
    )
}
