import CoreDomain
import CoreRegistry
import FleetIdentity
import FleetRuntime
import Hummingbird

/// Requests to promote, what was in use when, and what versions consist of.
struct PromotionRoutes: Sendable {
    let promotions: Promotions
    let versions: ModelVersions
    let clock: WallClock

    func add(to router: inout EndpointRouter) {
        router.on(.listPromotions, use: page)
        router.on(.requestPromotion, use: create)
        router.on(.getPromotion, use: one)
        router.on(.approvePromotion, use: approve)
        router.on(.rejectPromotion, use: reject)
        router.on(.withdrawPromotion, use: withdraw)
        router.on(.listModelMoves, use: moves)
        router.on(.getManifest, use: manifest)
    }

    @Sendable private func page(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = RequestQuery(request)
        let state = try query.word("state").map { word in
            guard let state = Promotion.State(rawValue: word) else {
                let words = Promotion.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'state' is one of \(words)")
            }
            return state
        }
        return try ThingAnswer.page(
            try await promotions.page(
                of: context.caller.tenant,
                model: query.word("model") ?? "",
                state: state,
                before: Self.number(query.word("cursor")),
                limit: query.limit(),
                at: clock.now()
            )
        )
    }

    private static func number(_ cursor: String?) throws -> Int64? {
        try cursor.map { text in
            guard let number = Int64(text) else {
                throw DomainError(.invalid, "'cursor' is what the page before said is next")
            }
            return number
        }
    }

    @Sendable private func one(_ request: Request, _ context: APIContext) async throws -> Response {
        try ThingAnswer.one(
            try await promotions.find(
                context.number("promotion"),
                of: context.caller.tenant,
                at: clock.now()
            )
        )
    }

    @Sendable private func create(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let body = try await JSONBody(
            request,
            context,
            members: ["model", "version", "target", "evidence", "reason"]
        )
        let promotion = try await promotions.request(
            body.required("model", body.text),
            body.required("version", body.number),
            to: body.required("target", body.text),
            evidence: body.evidence("evidence"),
            reason: body.text("reason") ?? "",
            context.act(request, at: clock.now())
        )
        return try ThingAnswer.created(promotion, request)
    }

    @Sendable private func approve(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let comment = try await Self.comment(request, context)
        return try ThingAnswer.one(
            try await promotions.approve(
                context.number("promotion"),
                comment: comment,
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func reject(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let comment = try await Self.comment(request, context)
        return try ThingAnswer.one(
            try await promotions.reject(
                context.number("promotion"),
                comment: comment,
                context.act(request, at: clock.now())
            )
        )
    }

    private static func comment(
        _ request: Request,
        _ context: APIContext
    ) async throws -> String {
        let body = try await JSONBody(request, context, members: ["comment"])
        return try body.text("comment") ?? ""
    }

    @Sendable private func withdraw(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try ThingAnswer.one(
            try await promotions.withdraw(
                context.number("promotion"),
                context.act(request, at: clock.now())
            )
        )
    }

    @Sendable private func moves(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let query = RequestQuery(request)
        return try ThingAnswer.page(
            try await promotions.moves(
                of: context.decodedName("model"),
                target: query.word("target") ?? "",
                in: context.caller.tenant,
                before: Self.number(query.word("cursor")),
                limit: query.limit()
            )
        )
    }

    @Sendable private func manifest(
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let manifest = try await versions.manifest(
            context.decodedName("model"),
            "\(context.number("version"))",
            of: context.caller.tenant
        )
        // The body is a text, since its bytes are what is signed.
        let text = JSONText.object([
            ("manifest", .string(manifest.body)), ("sha256", .string(manifest.digest)),
            ("signature", .string(Hexadecimal.text(manifest.signature))),
            ("key_id", .string(manifest.keyID)), ("signed_at", .string(manifest.signedAt)),
        ]).text
        return ThingAnswer.json(text)
    }
}

extension APIContext {
    /// As `name`, of what may hold any characters: what was percent-encoded is so no more.
    func decodedName(_ parameter: String) throws -> String {
        let name = try name(parameter)
        guard let decoded = name.percentDecoded else {
            throw DomainError(.notFound, "there is no \(parameter) of this name")
        }
        return decoded
    }
}
