import CoreDomain
import HTTPTypes

/// Who is let in, and to what.
extension Endpoint {
    private static let userInPath = inPath("user", .userName, "the user's name")
    private static let bindingInPath = inPath("binding", .integer(atLeast: 1), "its number")
    private static let tokenInPath = inPath("token", .integer(atLeast: 1), "its number")

    static let me = Endpoint(
        operation: "getMe",
        method: .get,
        path: "me",
        access: .authenticated,
        tag: "access",
        summary: "Who asks, and what they may do",
        answers: [
            Answer(
                status: 200,
                meaning: "the caller",
                content: [
                    (
                        "application/json",
                        .record([
                            ("user", .text), ("tenant", .text), ("home", .text),
                            ("credential", .word(["token", "session", "bearer"])),
                            (
                                "grants",
                                .array(
                                    .object(
                                        [
                                            ("role", .role),
                                            ("over", .word(["tenant", "fleet", "ship"])),
                                            ("selector", .selector), ("ship_id", .integer()),
                                            ("until", .moment),
                                        ],
                                        required: ["role", "over"]
                                    )
                                )
                            ), ("permissions", .array(.permission)),
                            ("scopes", .nullable(.array(.permission))),
                        ])
                    )
                ]
            )
        ]
    )

    static let listUsers = list(
        "listUsers",
        "users",
        .tenant(.usersRead),
        tag: "access",
        "People and service accounts, by name",
        of: .user,
        [
            .query("kind", .word(User.Kind.allCases.map(\.rawValue)), "people or service accounts"),
            .query("disabled", .boolean, "those alone that are, or are not"),
        ]
    )
    private static let userMembers: [(name: String, schema: Schema)] = [
        ("display_name", .string(atMost: 200)),
        ("email", .nullable(.string(atMost: 254))),
        ("oidc_issuer", .nullable(.shortText)),
        ("oidc_subject", .nullable(.string(atMost: 255))), ("disabled", .boolean),
    ]
    static let createUser = create(
        "createUser",
        "users",
        .tenant(.usersWrite),
        tag: "access",
        "Let somebody in; what they may do is said by bindings",
        body: .object(
            [("name", .userName), ("kind", .word(User.Kind.allCases.map(\.rawValue)))]
                + userMembers,
            required: ["name"]
        ),
        answer: .user
    )
    static let getUser = read(
        "getUser",
        "users/{user}",
        .tenant(.usersRead),
        tag: "access",
        "One user",
        answer: .user,
        [userInPath]
    )
    static let changeUser = change(
        "changeUser",
        "users/{user}",
        .tenant(.usersWrite),
        tag: "access",
        "Change a user; disabling ends tokens and sessions",
        body: .object(userMembers, required: []),
        answer: .user,
        [userInPath]
    )
    static let deleteUser = delete(
        "deleteUser",
        "users/{user}",
        .tenant(.usersWrite),
        tag: "access",
        "Delete a user with bindings, tokens and sessions",
        [userInPath]
    )

    static let listBindings = list(
        "listBindings",
        "bindings",
        .tenant(.bindingsRead),
        tag: "access",
        "Who has which role over what",
        of: .binding,
        [
            .query("user", .text, "a user's alone"), .query("role", .role, "of a role alone"),
            .query("fleet", .text, "over a fleet alone"),
            .query("ship", .text, "over a ship alone"),
        ]
    )
    private static let bindingMembers: [(name: String, schema: Schema)] = [
        ("role", .role), ("valid_until", .nullable(.moment)), ("reason", .shortText),
    ]
    static let createBinding = create(
        "createBinding",
        "bindings",
        .tenant(.bindingsWrite),
        tag: "access",
        "Give a role over the tenant, a fleet or a ship: at most what the giver has",
        body: .object(
            [
                ("user", .text), ("fleet", .nullable(.text)), ("ship", .nullable(.text)),
                ("valid_from", .nullable(.moment)),
            ] + bindingMembers,
            required: ["user", "role"]
        ),
        answer: .binding
    )
    static let getBinding = read(
        "getBinding",
        "bindings/{binding}",
        .tenant(.bindingsRead),
        tag: "access",
        "One binding",
        answer: .binding,
        [bindingInPath]
    )
    static let changeBinding = change(
        "changeBinding",
        "bindings/{binding}",
        .tenant(.bindingsWrite),
        tag: "access",
        "Change a binding's role or its end",
        body: .object(bindingMembers, required: []),
        answer: .binding,
        [bindingInPath]
    )
    static let deleteBinding = delete(
        "deleteBinding",
        "bindings/{binding}",
        .tenant(.bindingsWrite),
        tag: "access",
        "Take a role away",
        [bindingInPath]
    )

    static let listTokens = list(
        "listTokens",
        "tokens",
        .tenant(.tokensRead),
        tag: "access",
        "API tokens, without their secrets",
        of: .token,
        [
            .query("user", .text, "a user's alone"),
            .query("revoked", .boolean, "those alone that are, or are not"),
        ]
    )
    static let createToken = create(
        "createToken",
        "tokens",
        .tenant(.tokensWrite),
        tag: "access",
        "Make a token of a user; its secret is shown this once",
        body: .object(
            [
                ("user", .text), ("name", .string(atMost: 100)),
                ("scopes", .nullable(.array(.permission, atMost: 64))),
                ("expires_at", .nullable(.moment)),
            ],
            required: ["name"]
        ),
        answer: .newToken
    )
    static let getToken = read(
        "getToken",
        "tokens/{token}",
        .tenant(.tokensRead),
        tag: "access",
        "One token, without its secret",
        answer: .token,
        [tokenInPath]
    )
    static let revokeToken = delete(
        "revokeToken",
        "tokens/{token}",
        .tenant(.tokensWrite),
        tag: "access",
        "End a token; it stays listed",
        [tokenInPath]
    )
}
