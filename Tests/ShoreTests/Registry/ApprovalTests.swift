import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Who may approve what a gate guards.
@Suite(.shore, .timeLimit(.minutes(10)))
struct ApprovalTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    private func state(_ promotion: APIResponse) -> String {
        promotion.json["state"] as? String ?? "\(promotion.status): \(promotion.body)"
    }

    private func person(_ name: String, _ role: Role, _ model: GatedModel) async throws -> String {
        try await shore.tokens.create(
            tenant: model.tenant.id,
            name: name,
            role: role,
            lasting: .seconds(3600),
            at: .now,
            for: .command("test")
        )
    }

    // MARK: Roles

    @Test func `where nothing else is said, who approves has another role than who asked`()
        async throws
    {
        let model = try await GatedModel.make(shore, "roles")
        let reviewer = try await person("officer", .reviewer, model)
        let made = try await shore.call(
            "/api/v1/gates",
            method: "POST",
            token: model.admin,
            headers: ["Content-Type: application/json"],
            body: #"{"name": "plain", "target": "champion", "approvals": 1}"#
        )
        #expect(made.json["approvers"] as? String == "other_role", "\(made.body)")
        let version = try await model.version()
        let byAdmin = try await model.promote(version, to: "champion", as: model.admin)
        let refused = try await model.decide(byAdmin, "approval", as: model.other)
        #expect(refused.status == 403)
        #expect(refused.body.contains("another role"), "\(refused.body)")
        // It left nothing behind that would count later.
        let seen = try await shore.call(
            "/api/v1/promotions/\(try #require(byAdmin.json["id"] as? Int))",
            token: model.admin
        )
        #expect(state(seen) == "waiting")
        #expect(!seen.body.contains("second"), "\(seen.body)")
        #expect(state(try await model.decide(byAdmin, "approval", as: reviewer)) == "applied")
        let byScientist = try await model.promote(model.version(), to: "champion")
        let approved = try await model.decide(byScientist, "approval", as: model.admin)
        #expect(state(approved) == "applied")
        let verdict = approved.json["verdict"] as? [String: Any]
        let approval = (verdict?["approvals"] as? [[String: Any]])?.first
        #expect(approval?["by"] as? [String] == ["first.admin"], "\(approved.body)")
    }

    @Test func `a role that a gate names approves, and no other, whoever asks`() async throws {
        let model = try await GatedModel.make(shore, "named")
        let reviewer = try await person("officer", .reviewer, model)
        try await model.gate("office", before: "champion", approvals: 1, approvers: "reviewer")
        try await model.gate("board", before: "live", approvals: 1, approvers: "admin")
        let version = try await model.version()
        for requester in [model.scientist, model.admin] {
            let promotion = try await model.promote(version, to: "champion", as: requester)
            let refused = try await model.decide(promotion, "approval", as: model.other)
            #expect(refused.status == 403 && refused.body.contains("a reviewer"))
            #expect(state(try await model.decide(promotion, "approval", as: reviewer)) == "applied")
        }
        let promotion = try await model.promote(version, to: "live", as: model.admin)
        #expect(try await model.decide(promotion, "approval", as: reviewer).status == 403)
        #expect(state(try await model.decide(promotion, "approval", as: model.other)) == "applied")
        // A reviewer asks for nothing, and changes nothing.
        #expect(try await model.promote(version, to: "champion", as: reviewer).status == 403)
        #expect(try await model.setAlias("free", version, as: reviewer).status == 403)
    }

    @Test func `each gate counts for itself whom it asks for`() async throws {
        let model = try await GatedModel.make(shore, "several")
        let reviewer = try await person("officer", .reviewer, model)
        try await model.gate("office", before: "champion", approvals: 1, approvers: "reviewer")
        try await model.gate("board", before: "champion", approvals: 2, approvers: "admin")
        let promotion = try await model.promote(model.version(), to: "champion")
        for (token, after) in [
            (model.admin, "waiting"), (reviewer, "waiting"), (model.other, "applied"),
        ] {
            #expect(state(try await model.decide(promotion, "approval", as: token)) == after)
        }
    }

    @Test func `no second token of who asked approves, nor one with fewer rights`() async throws {
        let model = try await GatedModel.make(shore, "tokens")
        try await model.gate("four-eyes", before: "champion", approvals: 1)
        let promotion = try await model.promote(model.version(), to: "champion", as: model.admin)
        let again = try await person("first", .admin, model)
        #expect(again != model.admin)
        let made = try await shore.call(
            "/api/v1/tokens",
            method: "POST",
            token: model.admin,
            headers: ["Content-Type: application/json"],
            body: #"{"name": "approver", "scopes": ["models.approve", "models.read"]}"#
        )
        let scoped = try #require(made.json["token"] as? String, "\(made.body)")
        for token in [again, scoped] {
            let refused = try await model.decide(promotion, "approval", as: token)
            #expect(refused.status == 403)
            #expect(refused.body.contains("your own request"), "\(refused.body)")
        }
        #expect(try await model.version(under: "champion") == nil)
    }

    @Test func `who has two roles approves by the one that who asked had not`() async throws {
        let model = try await GatedModel.make(shore, "both")
        try await model.gate("plain", before: "champion", approvals: 1, approvers: "other_role")
        let promotion = try await model.promote(model.version(), to: "champion", as: model.admin)
        #expect(try await model.decide(promotion, "approval", as: model.other).status == 403)
        let bound = try await shore.call(
            "/api/v1/bindings",
            method: "POST",
            token: model.admin,
            headers: ["Content-Type: application/json"],
            body: #"{"user": "second.admin", "role": "reviewer"}"#
        )
        #expect(bound.status == 201, "\(bound.body)")
        try await eventually("the binding is known") {
            let answer = try await model.decide(promotion, "approval", as: model.other)
            return state(answer) == "applied"
        }
    }

    // MARK: Time and number

    @Test func `what waited for too long is expired, and nobody can decide it`() async throws {
        let model = try await GatedModel.make(shore, "late")
        try await model.gate("four-eyes", before: "champion", approvals: 1)
        let version = try await model.version()
        let promotion = try await model.promote(version, to: "champion")
        let id = try #require(promotion.json["id"] as? Int)
        try await shore.plant(
            "UPDATE hawser.promotions SET expires_at = now() - interval '1 s' WHERE promotion_id = \(id)"
        )
        let shown = try await shore.call("/api/v1/promotions/\(id)", token: model.admin)
        #expect(state(shown) == "expired")
        for (state, count) in [("waiting", 0), ("expired", 1)] {
            let page = try await shore.call(
                "/api/v1/promotions?state=\(state)",
                token: model.admin
            )
            let items = page.json["items"] as? [[String: Any]] ?? []
            #expect(items.count == count, "\(state): \(page.body)")
            #expect(items.allSatisfy { $0["state"] as? String == state })
        }
        for (verb, token) in [
            ("approval", model.admin), ("rejection", model.admin),
            ("withdrawal", model.scientist),
        ] {
            let late = try await model.decide(promotion, verb, as: token)
            #expect(late.status == 409 && late.body.contains("expired"), "\(late.body)")
        }
        #expect(try await model.version(under: "champion") == nil)
        // Asked for again, it is a new request.
        let again = try await model.promote(version, to: "champion")
        #expect(state(try await model.decide(again, "approval", as: model.admin)) == "applied")
    }

    @Test func `so many requests wait for a model, and those that expired are none of them`()
        async throws
    {
        let model = try await GatedModel.make(shore, "crowded")
        try await model.gate("four-eyes", before: "champion", approvals: 1)
        let version = try await model.version()
        let first = try await model.promote(version, to: "champion")
        let id = try #require(first.json["id"] as? Int)
        try await shore.plant(
            """
            INSERT INTO hawser.promotions (tenant_id, promotion_id, registered_model_id, model,
                version, target, state, reason, evidence, verdict, requested_by,
                requested_by_name, created_at, expires_at)
            SELECT tenant_id, nextval('hawser.promotion_numbers'), registered_model_id, model,
                version, target, state, reason, evidence, verdict, requested_by,
                requested_by_name, created_at, expires_at
            FROM hawser.promotions, generate_series(2, 100)
            WHERE promotion_id = \(id)
            """
        )
        let much = try await model.promote(version, to: "champion")
        #expect(much.status == 409 && much.body.contains("may wait"), "\(much.body)")
        try await shore.plant(
            "UPDATE hawser.promotions SET expires_at = now() - interval '1 s' WHERE promotion_id = \(id)"
        )
        #expect(state(try await model.promote(version, to: "champion")) == "waiting")
    }

    @Test func `so many gates have one model, and so many rules a gate`() async throws {
        let model = try await GatedModel.make(shore, "gates")
        try await model.gate("first", before: "champion")
        try await shore.plant(
            """
            INSERT INTO hawser.gates (tenant_id, name, model, target, rules, approvals, approvers,
                created_at, updated_at)
            SELECT tenant_id, 'more-' || n, model, target, rules, approvals, approvers, created_at,
                updated_at
            FROM hawser.gates, generate_series(2, 50) AS n
            WHERE tenant_id = \(model.tenant.id.rawValue) AND name = 'first'
            """
        )
        func create(_ body: String) async throws -> APIResponse {
            try await shore.call(
                "/api/v1/gates",
                method: "POST",
                token: model.admin,
                headers: ["Content-Type: application/json"],
                body: body
            )
        }
        let much = try await create(
            #"{"name": "one-more", "model": "fraud", "target": "champion"}"#
        )
        #expect(much.status == 400 && much.body.contains("at most"), "\(much.body)")
        let other = try await create(#"{"name": "other", "model": "x", "target": "champion"}"#)
        #expect(other.status == 201)
        // One that is there is changed all the same.
        let changed = try await shore.call(
            "/api/v1/gates/first",
            method: "PUT",
            token: model.admin,
            headers: ["Content-Type: application/json", "If-Match: *"],
            body: #"{"model": "fraud", "target": "champion", "approvals": 2}"#
        )
        #expect(changed.status == 200, "\(changed.body)")
        let tags = (0...50).map { "{\"key\": \"k\($0)\"}" }.joined(separator: ",")
        let long = try await create(
            "{\"name\": \"long\", \"target\": \"x\", \"rules\": {\"tags\": [\(tags)]}}"
        )
        #expect(long.status == 400 && long.body.contains("at most 50"), "\(long.body)")
        // Nothing is served from there.
        let idle = try await create(#"{"name": "idle", "target": "stage:Archived"}"#)
        #expect(idle.status == 400, "\(idle.body)")
    }
}
