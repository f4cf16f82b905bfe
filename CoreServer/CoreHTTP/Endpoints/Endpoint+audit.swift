import CoreDomain
import HTTPTypes

/// What was changed, and the proof of it.
extension Endpoint {
    private static let hash = Schema.string(pattern: "^[0-9a-f]{64}$")
    private static let auditLimit = Parameter.query(
        "limit",
        .integer(atLeast: 1, atMost: Int64(AuditLog.longestPage)),
        "of a page"
    )
    private static let auditCursor = Parameter.query("cursor", .text, "`next` of the answer before")

    static let listAudit = Endpoint(
        operation: "listAudit",
        method: .get,
        path: "audit",
        access: .tenant(.auditRead),
        tag: "audit",
        summary: "Who changed what, newest first",
        parameters: [
            .query("actor", .text, "what the actor begins with: `user:12:`"),
            .query("action", .text, "what the action begins with: `ship.`"),
            .query("target", .text, "what the target begins with: `ship/aurora`"),
            .query("from", .text, "RFC 3339, a date, or seconds since 1970"),
            .query("to", .text, "as `from`"), auditLimit, auditCursor,
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "a page of entries",
                content: [
                    (
                        "application/json",
                        .page(
                            .record([
                                ("sequence", .integer(atLeast: 1)), ("at", .moment),
                                ("actor", .text), ("action", .text), ("target", .text),
                                ("before", .text), ("after", .text), ("reason", .text),
                                ("request_id", .text), ("revision", .integer()),
                                ("hash", .nullable(hash)),
                            ])
                        )
                    )
                ]
            )
        ]
    )

    static let exportAudit = Endpoint(
        operation: "exportAudit",
        method: .get,
        path: "audit/export",
        access: .tenant(.auditRead),
        tag: "audit",
        summary: "All of the audit as lines that can be verified offline",
        answers: [
            Answer(
                status: 200,
                meaning: "a JSON object a line: header, witnesses, entries and seals, end",
                content: [("application/jsonl", .text)]
            )
        ]
    )

    static let listAuditSeals = Endpoint(
        operation: "listAuditSeals",
        method: .get,
        path: "audit/seals",
        access: .tenant(.auditRead),
        tag: "audit",
        summary: "The audit's signed seals, newest first",
        parameters: [auditLimit, auditCursor],
        answers: [
            Answer(
                status: 200,
                meaning: "a page of seals",
                content: [
                    (
                        "application/json",
                        .page(
                            .record([
                                ("seal", .integer(atLeast: 1)), ("first", .integer(atLeast: 1)),
                                ("last", .integer(atLeast: 1)), ("at", .moment), ("root", hash),
                                ("previous", hash), ("key", hash), ("hash", hash),
                                ("signature", .string(pattern: "^[0-9a-f]{128}$")),
                            ])
                        )
                    )
                ]
            )
        ]
    )
}
