import CoreDomain
import FleetRuntime
import HTTPTypes
import Hummingbird

/// The only way into the API: each endpoint's rule is checked here, before its code runs.
struct EndpointRouter {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private let router: Router<APIContext>
    private let authentication: Authentication
    private let ships: Ships
    private let repeats: RepeatedRequests
    private let book: QuotaBook
    private let usage: UsageBook
    /// What was added, for the document and for tests.
    private(set) var endpoints: [Endpoint] = []

    init(
        _ router: Router<APIContext>,
        authentication: Authentication,
        ships: Ships,
        repeats: RepeatedRequests,
        book: QuotaBook,
        usage: UsageBook
    ) {
        self.repeats = repeats
        self.router = router
        self.book = book
        self.usage = usage
        self.authentication = authentication
        self.ships = ships
    }

    mutating func on(_ endpoint: Endpoint, use handler: @escaping Handler) {
        let repeats = endpoint.isChange && endpoint.root == .v1 ? repeats : nil
        let entrance = entrance(to: endpoint)
        add(endpoint) { request, context in
            let admitted = try await entrance(request, context)
            let checked = try await Self.checked(request, admitted, endpoint)
            guard let repeats else { return try await handler(checked, admitted) }
            return try await repeats.once(checked, admitted, handler)
        }
    }

    /// As above, for an endpoint of MLflow's: whatever goes wrong is told in its words.
    mutating func on(
        _ endpoint: Endpoint,
        answer: @escaping @Sendable (MLflowCall) async throws -> JSONText
    ) {
        let entrance = entrance(to: endpoint)
        addMLflow(endpoint) { request, context in
            let call = try await MLflowCall(
                request,
                await entrance(request, context),
                endpoint
            )
            return MLflowAnswer.json(try await answer(call))
        }
    }

    /// As above, for bytes: of an artifact, up or down.
    mutating func on(bytes endpoint: Endpoint, use handler: @escaping Handler) {
        let entrance = entrance(to: endpoint)
        addMLflow(endpoint) { request, context in
            try await handler(request, await entrance(request, context))
        }
    }

    private mutating func addMLflow(_ endpoint: Endpoint, use handler: @escaping Handler) {
        add(endpoint) { request, context in
            do {
                return try await handler(request, context)
            } catch let error as CancellationError {
                throw error
            } catch {
                return MLflowAnswer.failure(error, request, context)
            }
        }
    }

    private mutating func add(_ endpoint: Endpoint, use handler: @escaping Handler) {
        precondition(
            !endpoints.contains {
                $0.method == endpoint.method && $0.path == endpoint.path
                    && $0.root == endpoint.root
            },
            "\(endpoint.method) \(endpoint.path) is there already"
        )
        endpoints.append(endpoint)
        router.on(
            RouterPath("\(endpoint.root.rawValue)/\(endpoint.path)"),
            method: endpoint.method,
            use: handler
        )
    }

    /// Who may come in: the context that knows them.
    private func entrance(
        to endpoint: Endpoint
    ) -> @Sendable (Request, APIContext) async throws -> APIContext {
        let (authentication, ships, book, usage) = (authentication, ships, book, usage)
        return { request, context in
            try await Self.admit(request, context, endpoint, authentication, ships) { caller in
                // Whose callers they are pays, whichever tenant they ask about.
                try await book.admitRequest(of: caller.home)
                usage.countRequest(of: caller.home)
            }
        }
    }

    /// A body of JSON is here as a whole before the endpoint's code runs, and no deeper than it may be.
    private static func checked(
        _ request: Request,
        _ context: APIContext,
        _ endpoint: Endpoint
    ) async throws -> Request {
        guard endpoint.body.contains(where: { $0.type == "application/json" }) else {
            return request
        }
        var request = request
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        try JSONDepth.check(body.readableBytesView)
        request.body = .init(buffer: body)
        return request
    }

    /// - Throws: `DomainError` `unauthenticated`, `forbidden`, or `notFound` for a ship that the
    ///   caller can't see.
    private static func admit(
        _ request: Request,
        _ context: APIContext,
        _ endpoint: Endpoint,
        _ authentication: Authentication,
        _ ships: Ships,
        _ makeRoom: @Sendable (Principal) async throws -> Void
    ) async throws -> APIContext {
        guard endpoint.access != .open else { return context }
        var context = context
        let caller = try await authentication.principal(of: request)
        context.principal = caller
        try await makeRoom(caller)
        switch endpoint.access {
        case .open, .authenticated:
            break
        case .tenant(let permission):
            try caller.require(permission, on: .tenant)
        case .ships(let permission):
            try caller.require(permission, on: .ships)
            context.visibility = caller.visibility(permission)
        case .ship(let permission):
            let name = try context.name("ship")
            let ship =
                endpoint.isChange
                ? try await ships.find(tenant: caller.tenant, name: name)
                : try await ships.findRecent(tenant: caller.tenant, name: name)
            try caller.require(permission, on: .ship(ship))
            context.admittedShip = ship
        }
        return context
    }
}
