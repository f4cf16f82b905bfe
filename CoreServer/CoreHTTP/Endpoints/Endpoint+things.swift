import CoreDomain
import HTTPTypes

/// The five things that are done with things, the same for all.
extension Endpoint {
    static let limit = Parameter.query("limit", .integer(atLeast: 1, atMost: 1000), "of a page")
    static let cursor = Parameter.query("cursor", .text, "`next` of the answer before")

    static func inPath(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
        Parameter(name: name, place: .path, isRequired: true, schema: schema, meaning: meaning)
    }

    static func list(
        _ operation: String,
        _ path: String,
        _ access: Access,
        tag: String,
        _ summary: String,
        of item: Schema,
        _ parameters: [Parameter] = [],
        problems: [Int] = []
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: .get,
            path: path,
            access: access,
            tag: tag,
            summary: summary,
            parameters: parameters + [limit, cursor],
            answers: [
                Answer(
                    status: 200,
                    meaning: "a page",
                    content: [("application/json", .page(item))]
                )
            ],
            problems: problems
        )
    }

    static func create(
        _ operation: String,
        _ path: String,
        _ access: Access,
        tag: String,
        _ summary: String,
        body: Schema,
        answer: Schema,
        _ parameters: [Parameter] = []
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: .post,
            path: path,
            access: access,
            tag: tag,
            summary: summary,
            parameters: parameters,
            body: [("application/json", body)],
            answers: [
                Answer(
                    status: 201,
                    meaning: "it is made",
                    content: [("application/json", answer)],
                    hasVersion: true
                )
            ],
            problems: [409]
        )
    }

    static func read(
        _ operation: String,
        _ path: String,
        _ access: Access,
        tag: String,
        _ summary: String,
        answer: Schema,
        _ parameters: [Parameter] = []
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: .get,
            path: path,
            access: access,
            tag: tag,
            summary: summary,
            parameters: parameters,
            answers: [
                Answer(
                    status: 200,
                    meaning: "it",
                    content: [("application/json", answer)],
                    hasVersion: true
                )
            ]
        )
    }

    static func change(
        _ operation: String,
        _ path: String,
        _ access: Access,
        tag: String,
        _ summary: String,
        body: Schema,
        answer: Schema,
        _ parameters: [Parameter] = [],
        isWhole: Bool = false
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: isWhole ? .put : .patch,
            path: path,
            access: access,
            tag: tag,
            summary: summary,
            parameters: parameters,
            body: [("application/json", body)],
            answers: [
                Answer(
                    status: 200,
                    meaning: "as it is now",
                    content: [("application/json", answer)],
                    hasVersion: true
                )
            ],
            problems: [409],
            needsVersion: true
        )
    }

    static func delete(
        _ operation: String,
        _ path: String,
        _ access: Access,
        tag: String,
        _ summary: String,
        _ parameters: [Parameter] = []
    ) -> Endpoint {
        Endpoint(
            operation: operation,
            method: .delete,
            path: path,
            access: access,
            tag: tag,
            summary: summary,
            parameters: parameters,
            answers: [Answer(status: 204, meaning: "it is gone", content: [])],
            problems: [409],
            needsVersion: true
        )
    }
}
