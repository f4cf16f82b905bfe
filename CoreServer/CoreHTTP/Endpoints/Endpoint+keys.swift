import CoreDomain
import HTTPTypes

/// Tenants' keys, and all that is theirs.
extension Endpoint {
    private static let key = Schema.record([
        ("number", .integer(atLeast: 1)), ("created_at", .moment),
        ("retired_at", .nullable(.moment)),
    ])

    static let listKeys = Endpoint(
        operation: "listKeys",
        method: .get,
        path: "keys",
        access: .tenant(.keysRead),
        tag: "keys",
        summary: "The tenant's data keys, newest first: numbers and times, never the keys",
        answers: [
            Answer(
                status: 200,
                meaning: "the keys",
                content: [("application/json", .page(key))]
            )
        ]
    )

    static let rotateKeys = Endpoint(
        operation: "rotateKeys",
        method: .post,
        path: "keys/rotation",
        access: .tenant(.keysRotate),
        tag: "keys",
        summary: "Make a new data key; what is under older ones is sealed anew in the background",
        answers: [
            Answer(status: 200, meaning: "the new key", content: [("application/json", key)])
        ]
    )

    static let exportTenant = Endpoint(
        operation: "exportTenant",
        method: .get,
        path: "tenant/export",
        access: .tenant(.tenantExport),
        tag: "tenant",
        summary: "All rows of the tenant, without secrets",
        answers: [
            Answer(
                status: 200,
                meaning:
                    "a JSON object a line: header, rows with their table, end with their count",
                content: [("application/jsonl", .text)]
            )
        ]
    )
}
