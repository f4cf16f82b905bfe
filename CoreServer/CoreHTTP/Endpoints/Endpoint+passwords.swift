import CoreDomain
import HTTPTypes

/// Passwords and sessions of people.
extension Endpoint {
    private static let password = Schema.string(atMost: Passwords.lengths.upperBound)

    static let setPassword = Endpoint(
        operation: "setPassword",
        method: .put,
        path: "users/{user}/password",
        access: .tenant(.usersWrite),
        tag: "users",
        summary: "Set somebody's password, which ends their sessions",
        parameters: [
            Parameter(
                name: "user",
                place: .path,
                isRequired: true,
                schema: .text,
                meaning: "the user's name"
            )
        ],
        body: [("application/json", .record([("password", password)]))],
        answers: [Answer(status: 204, meaning: "it is set", content: [])],
        problems: [404]
    )

    static let changePassword = Endpoint(
        operation: "changePassword",
        method: .put,
        path: "me/password",
        access: .authenticated,
        tag: "me",
        summary: "Change one's own password, which ends one's other sessions",
        body: [
            (
                "application/json",
                .record([("present_password", password), ("password", password)])
            )
        ],
        answers: [Answer(status: 204, meaning: "it is changed", content: [])]
    )

    static let currentSession = Endpoint(
        operation: "currentSession",
        method: .get,
        path: "me/session",
        access: .authenticated,
        tag: "me",
        summary: "What changes with the session's cookie must carry in Hawser-CSRF",
        answers: [
            Answer(
                status: 200,
                meaning: "the session",
                content: [("application/json", .record([("csrf_token", .text)]))]
            )
        ],
        problems: [404]
    )
}
