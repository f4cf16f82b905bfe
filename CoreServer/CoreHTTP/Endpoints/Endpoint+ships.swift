import CoreDomain
import HTTPTypes

/// Fleets, and the register of ships.
extension Endpoint {
    private static let shipInPath = inPath("ship", .slug, "the ship's name")
    private static let fleetInPath = inPath("fleet", .slug, "the fleet's name")

    static let listFleets = list(
        "listFleets",
        "fleets",
        .tenant(.fleetsRead),
        tag: "ships",
        "Fleets, by name",
        of: .fleet
    )
    static let createFleet = create(
        "createFleet",
        "fleets",
        .tenant(.fleetsWrite),
        tag: "ships",
        "Name the ships that have some labels",
        body: .object(
            [("name", .slug), ("description", .shortText), ("selector", .selector)],
            required: ["name", "selector"]
        ),
        answer: .fleet
    )
    static let getFleet = read(
        "getFleet",
        "fleets/{fleet}",
        .tenant(.fleetsRead),
        tag: "ships",
        "One fleet",
        answer: .fleet,
        [fleetInPath]
    )
    static let changeFleet = change(
        "changeFleet",
        "fleets/{fleet}",
        .tenant(.fleetsWrite),
        tag: "ships",
        "Change a fleet",
        body: .object([("description", .shortText), ("selector", .selector)], required: []),
        answer: .fleet,
        [fleetInPath]
    )
    static let deleteFleet = delete(
        "deleteFleet",
        "fleets/{fleet}",
        .tenant(.fleetsWrite),
        tag: "ships",
        "Delete a fleet that no binding is over",
        [fleetInPath]
    )
    static let listShipsOfFleet = list(
        "listShipsOfFleet",
        "fleets/{fleet}/ships",
        .ships(.shipsRead),
        tag: "ships",
        "A fleet's ships that the caller may see",
        of: .ship,
        [fleetInPath]
    )

    static let listShips = list(
        "listShips",
        "ships",
        .ships(.shipsRead),
        tag: "ships",
        "Ships that the caller may see, by name",
        of: .ship,
        [
            .query("class", .text, "of a class alone"), .query("owner", .text, "an owner's alone"),
            .query("revoked", .boolean, "those alone that are, or are not"),
            .query("label", .array(.text, atMost: 16), "`key:value`, all of them"),
        ]
    )
    private static let shipMembers: [(name: String, schema: Schema)] = [
        ("class", .string(atMost: 100)), ("owner", .string(atMost: 200)), ("labels", .labels),
        ("bearers", .array(.bearer, atMost: Bearer.limit)),
    ]
    private static let lasting: (name: String, schema: Schema) = (
        "token_lasts_seconds", .integer(atLeast: 1, atMost: 2_592_000)
    )
    static let createShip = create(
        "createShip",
        "ships",
        .tenant(.shipsCreate),
        tag: "ships",
        "Enter a ship; its enrolment token is shown this once",
        body: .object([("name", .slug)] + shipMembers + [lasting], required: ["name"]),
        answer: .newShip
    )
    static let getShip = read(
        "getShip",
        "ships/{ship}",
        .ship(.shipsRead),
        tag: "ships",
        "One ship",
        answer: .ship,
        [shipInPath]
    )
    static let changeShip = change(
        "changeShip",
        "ships/{ship}",
        .ship(.shipsWrite),
        tag: "ships",
        "Change what the register says of a ship",
        body: .object(shipMembers, required: []),
        answer: .ship,
        [shipInPath]
    )
    static let createEnrolmentToken = Endpoint(
        operation: "createEnrolmentToken",
        method: .post,
        path: "ships/{ship}/enrolment-tokens",
        access: .ship(.shipsEnrol),
        tag: "ships",
        summary: "Another one-time token for a ship, shown this once",
        parameters: [shipInPath],
        body: [("application/json", .object([lasting], required: []))],
        answers: [
            Answer(
                status: 201,
                meaning: "the token",
                content: [("application/json", .enrolmentToken)]
            )
        ],
        problems: [409]
    )
    static let revokeShip = Endpoint(
        operation: "revokeShip",
        method: .post,
        path: "ships/{ship}/revocation",
        access: .ship(.shipsRevoke),
        tag: "ships",
        summary: "Refuse a ship from now on, for good",
        parameters: [shipInPath],
        answers: [
            Answer(
                status: 200,
                meaning: "it is revoked",
                content: [("application/json", .ship)],
                hasVersion: true
            )
        ]
    )
}
