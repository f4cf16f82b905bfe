import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// The webhooks of a tenant.
package struct Webhooks: Sendable {
    private let pool: PostgresPool
    private let vault: TenantVault
    private let sender: WebhookSender
    private let clock: WallClock
    private let limits: WebhookLimits

    package init(
        pool: PostgresPool,
        vault: TenantVault,
        sender: WebhookSender,
        clock: WallClock,
        limits: WebhookLimits = .standard
    ) {
        self.pool = pool
        self.vault = vault
        self.sender = sender
        self.clock = clock
        self.limits = limits
    }

    package func page(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<Webhook> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            Page(try Self.list(tenant, cursor, limit, connection), limit: limit) { $0.name }
        }
    }

    /// As MLflow lists them: those that are told of something that it knows.
    package func search(
        of tenant: TenantID,
        limit: Int,
        token: String?
    ) async throws -> RegistryPage<Webhook> {
        let offset = try RegistryPageToken(token).offset
        let most = limits.webhooks
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try Self.list(tenant, nil, most, connection)
                .filter { $0.events.contains(where: \.isMLflow) }
            let page = Array(found.dropFirst(offset).prefix(limit + 1))
            return RegistryPage(page, limit: limit, offset: offset)
        }
    }

    private static func list(
        _ tenant: TenantID,
        _ cursor: String?,
        _ limit: Int,
        _ connection: PostgresConnection
    ) throws -> [Webhook] {
        try connection.execute(
            WebhookQueries.list,
            .int64(tenant.rawValue),
            .text(cursor ?? ""),
            .int64(Int64(limit) + 1)
        ).map(Webhook.init)
    }

    package func find(_ id: String, of tenant: TenantID) async throws -> Webhook {
        try RegistryText.checkStorable(id, "webhook_id")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(id, of: tenant, connection)
        }
    }

    /// - Throws: `RegistryError` `missing`.
    private static func find(
        _ id: String,
        _ statement: Statement = WebhookQueries.byID,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Webhook {
        let row = try connection.execute(
            statement,
            .int64(tenant.rawValue),
            .text(id)
        ).first
        guard let row else { throw RegistryError.missing("Webhook with ID \(id) not found.") }
        return try Webhook(row)
    }

    package func create(_ details: WebhookDetails, _ act: Act) async throws -> Webhook {
        try details.check(isNew: true)
        let url = details.url ?? ""
        try await sender.check(url)
        let (id, most) = (RegistryID.random(), Int64(limits.webhooks))
        return try await naming(details.name ?? "") { [pool, vault] in
            try await pool.transaction(tenant: act.tenant) { connection in
                let count = try connection.execute(
                    WebhookQueries.count,
                    .int64(act.tenant.rawValue)
                ).first?.int64("count")
                guard count ?? 0 < most else {
                    throw RegistryError.invalid("a tenant has at most \(most) webhooks")
                }
                try connection.execute(
                    WebhookQueries.insert,
                    values: [
                        .int64(act.tenant.rawValue), .text(id), .text(details.name ?? ""),
                        .text(details.description ?? ""), .text(url),
                        .textArray(details.words), .bool(details.active ?? true),
                        .timestamp(act.now),
                    ]
                )
                try Self.put(details.secret, id, vault, act, connection)
                let made = try Self.find(id, of: act.tenant, connection)
                try act.trail(connection).created(made)
                return made
            }
        }
    }

    package func change(
        _ id: String,
        _ match: VersionMatch,
        _ details: WebhookDetails,
        _ act: Act
    ) async throws -> Webhook {
        try RegistryText.checkStorable(id, "webhook_id")
        try details.check(isNew: false)
        if let url = details.url { try await sender.check(url) }
        return try await naming(details.name ?? "") { [pool, vault] in
            try await pool.transaction(tenant: act.tenant) { connection in
                let before = try Self.find(
                    id,
                    WebhookQueries.lock,
                    of: act.tenant,
                    connection
                )
                try match.check(before)
                try connection.execute(
                    WebhookQueries.update,
                    values: [
                        .int64(act.tenant.rawValue), .text(id), .text(details.name ?? before.name),
                        .text(details.description ?? before.description),
                        .text(details.url ?? before.url),
                        .textArray(
                            details.events == nil ? before.events.map(\.rawValue) : details.words
                        ), .bool(details.active ?? before.active), .timestamp(act.now),
                    ]
                )
                try Self.put(details.secret, id, vault, act, connection)
                let after = try Self.find(id, of: act.tenant, connection)
                try act.trail(connection).changed(before, to: after)
                return after
            }
        }
    }

    private func naming(
        _ name: String,
        _ body: () async throws -> Webhook
    ) async throws -> Webhook {
        do {
            return try await body()
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "webhooks_name_key")
        {
            throw RegistryError.exists("Webhook (name=\(name)) already exists.")
        }
    }

    /// - Parameter secret: nil leaves it, an empty one takes it away.
    private static func put(
        _ secret: Secret?,
        _ id: String,
        _ vault: TenantVault,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        guard let secret else { return }
        let text = secret.reveal()
        let key =
            text.isEmpty ? nil : try vault.newest(of: act.tenant, at: act.now, connection)
        let sealed = try key?.seal(Array(text.utf8), for: WebhookSecret.purpose(id))
        try connection.execute(
            WebhookQueries.setSecret,
            .int64(act.tenant.rawValue),
            .text(id),
            .optional(sealed, PostgresValue.bytes),
            .optional(key?.number, PostgresValue.int64)
        )
    }

    /// With all that waits for it.
    package func delete(_ id: String, _ match: VersionMatch, _ act: Act) async throws {
        try RegistryText.checkStorable(id, "webhook_id")
        try await pool.transaction(tenant: act.tenant) { connection in
            let found = try Self.find(id, WebhookQueries.lock, of: act.tenant, connection)
            try match.check(found)
            try connection.execute(
                WebhookQueries.delete,
                .int64(act.tenant.rawValue),
                .text(id)
            )
            try act.trail(connection).deleted(found)
        }
    }

    /// Sends an example at once, once.
    ///
    /// - Parameter event: the first that it is told of, if none is named.
    package func test(
        _ id: String,
        _ event: WebhookEvent?,
        of tenant: TenantID
    ) async throws -> WebhookAnswer {
        try RegistryText.checkStorable(id, "webhook_id")
        let found = try await pool.transaction(tenant: tenant, readOnly: true) {
            [vault] connection in
            let webhook = try Self.find(id, of: tenant, connection)
            return (webhook, try WebhookSecret.open(id, of: tenant, vault, connection)?.secret)
        }
        guard let event = event ?? found.0.events.first else {
            throw RegistryError.invalid("the webhook is told of nothing")
        }
        let random = RegistryID.random()
        return await sender.send(
            try WebhookMessage.body(event, event.example, at: clock.now()),
            id: random,
            to: found.0.url,
            secret: found.1,
            attempt: 1
        )
    }

    // MARK: Deliveries

    package func deliveries(
        to id: String,
        state: WebhookDelivery.State?,
        of tenant: TenantID,
        before: Int64?,
        limit: Int
    ) async throws -> Page<WebhookDelivery> {
        try RegistryText.checkStorable(id, "webhook_id")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try Self.find(id, of: tenant, connection)
            let found = try connection.execute(
                WebhookQueries.deliveries,
                .int64(tenant.rawValue),
                .text(id),
                .int64(before ?? Int64.max),
                .text(state?.rawValue ?? ""),
                .int64(Int64(limit) + 1)
            ).map(WebhookDelivery.init)
            return Page(found, limit: limit) { "\($0.number)" }
        }
    }

    /// Delivers again what was given up, or delivered and lost there.
    package func retry(_ number: Int64, to id: String, _ act: Act) async throws -> WebhookDelivery {
        try RegistryText.checkStorable(id, "webhook_id")
        return try await pool.transaction(tenant: act.tenant) { connection in
            _ = try Self.find(id, of: act.tenant, connection)
            let row = try connection.execute(
                WebhookQueries.retry,
                .int64(act.tenant.rawValue),
                .text(id),
                .int64(number),
                .timestamp(act.now)
            ).first
            guard let row else {
                throw DomainError(.conflict, "there is no delivery \(number) that is over")
            }
            let delivery = try WebhookDelivery(row)
            try act.trail(connection).note("webhook.retry", "webhook/\(id)", after: delivery.json)
            return delivery
        }
    }
}
