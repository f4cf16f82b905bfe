import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Each of MLflow's calls, by callers of every role, about their own tenant's things and another's.
@Suite(.shore, .timeLimit(.minutes(10)))
struct MLflowPermissionTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func ask(
        _ endpoint: MLflowEndpoint,
        about things: inout MLflowThings,
        by token: String?
    ) async throws -> APIResponse {
        try await MLflowExample.ask(endpoint, &things, shore, token: token)
    }

    /// What is not as it must be, in words.
    private func fault(
        _ answer: APIResponse,
        _ status: Int,
        _ code: String? = nil
    ) -> String? {
        if answer.status != status { return "\(answer.status), not \(status): \(answer.body)" }
        guard let code else { return nil }
        let isError =
            answer["content-type"] == "application/json"
            && answer.json["error_code"] as? String == code
            && !(answer.json["message"] as? String ?? "").isEmpty
        return isError ? nil : "no \(code) in MLflow's words: \(answer.body)"
    }

    @Test func `every call answers every caller as the permission table says`() async throws {
        let blue = try await shore.makeTenant("blue")
        let red = try await shore.makeTenant("red")
        var tokens: [Role: String] = [:]
        for role in [Role.viewer, .operator, .reviewer, .admin] {
            tokens[role] = try await shore.makeToken(blue, role: role)
        }
        let admin = try #require(tokens[.admin])
        let foreign = try await shore.makeToken(red, role: .admin)
        let system = try await shore.makeToken(Tenant(id: .system, name: "system"), role: .system)
        var shared = try await MLflowThings.make(shore, token: admin)

        let endpoints = try await MLflowEndpoint.all(shore)
        let closed = endpoints.filter { $0.permission != nil }
        #expect(closed.count >= 60)
        #expect(Set(MLflowExample.all.keys).subtracting(closed.map(\.operation)).isEmpty)
        for endpoint in closed {
            let operation = endpoint.operation
            guard let example = MLflowExample.all[operation] else {
                Issue.record("\(operation) has no example: add one")
                continue
            }
            #expect(endpoint.permission == example.needs, "\(operation)")

            for stranger in [nil, "hwt.1.1.nonsense"] {
                let answer = try await ask(endpoint, about: &shared, by: stranger)
                let fault = fault(answer, 401, "UNAUTHENTICATED")
                #expect(fault == nil, "\(operation) without a token")
            }
            let operators = try await ask(endpoint, about: &shared, by: system)
            #expect(fault(operators, 403, "PERMISSION_DENIED") == nil, "\(operation): system")

            let abroad = try await ask(endpoint, about: &shared, by: foreign)
            switch example.abroad {
            case .missing:
                let fault = fault(abroad, 404, "RESOURCE_DOES_NOT_EXIST")
                #expect(fault == nil, "\(operation) from abroad")
            case .own:
                #expect(fault(abroad, 200) == nil, "\(operation) from abroad")
            }
            #expect(!abroad.body.contains(MLflowThings.mark), "\(operation) tells others")

            for (role, token) in tokens {
                if role.permissions.contains(example.needs) {
                    // Its own things, since some calls are their end.
                    var things = try await MLflowThings.make(shore, token: admin)
                    let answer = try await ask(endpoint, about: &things, by: token)
                    #expect(fault(answer, 200) == nil, "\(operation): \(role)")
                } else {
                    let answer = try await ask(endpoint, about: &shared, by: token)
                    let fault = fault(answer, 403, "PERMISSION_DENIED")
                    #expect(fault == nil, "\(operation): \(role)")
                }
            }
        }
    }

    @Test func `calls that need no token need a signature, and take no other tenant's`()
        async throws
    {
        let green = try await shore.makeTenant("green")
        let other = try await shore.makeTenant("other")
        let token = try await shore.makeToken(green, role: .operator)
        var things = try await MLflowThings.make(shore, token: token)
        let open = try await MLflowEndpoint.all(shore).filter { $0.permission == nil }
        #expect(
            Set(open.map(\.operation)) == ["uploadArtifactPart", "downloadSignedArtifact"]
        )
        let answer = try await shore.call(
            things.prepared("/api/2.0/mlflow-artifacts/presigned/$file"),
            token: token
        )
        let url = try #require(answer.json["url"] as? String)
        let path = String(url[try #require(url.range(of: "/api/2.0")).lowerBound...])
        let right = try await shore.call(path)
        #expect(right.status == 200)
        #expect(right.body == MLflowThings.mark)
        for (part, replacement) in [
            ("signature=", "signature=0"), ("/files/\(green.id)/", "/files/\(other.id)/"),
            ("expires=", "expires=1"), ("weights.bin", "others.bin"),
        ] {
            let changed = path.replacingOccurrences(of: part, with: replacement)
            try #require(changed != path)
            let wrong = try await shore.call(changed)
            #expect(fault(wrong, 403, "PERMISSION_DENIED") == nil, "\(part)")
        }
    }
}
