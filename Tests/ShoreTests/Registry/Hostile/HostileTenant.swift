import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// A tenant of a test's own, and what its clients send.
struct HostileTenant: Sendable {
    static let root = "/api/2.0/mlflow-artifacts"

    let shore: Shore
    let tenant: Tenant
    let token: String

    init(_ name: String, _ shore: Shore) async throws {
        self.shore = shore
        tenant = try await shore.makeTenant(name)
        token = try await shore.makeToken(tenant, role: .admin)
    }

    /// MLflow's calls, by what stands behind `/api/2.0/mlflow/`.
    func mlflow(_ path: String, _ body: [String: any Sendable]) async throws -> APIResponse {
        let data = try JSONSerialization.data(withJSONObject: body)
        return try await mlflow(path, text: String(decoding: data, as: UTF8.self))
    }

    func mlflow(_ path: String, text: String) async throws -> APIResponse {
        try await call("/api/2.0/mlflow/\(path)", "POST", text, ["Content-Type: application/json"])
    }

    func call(
        _ path: String,
        _ method: String = "GET",
        _ body: String? = nil,
        _ headers: [String] = []
    ) async throws -> APIResponse {
        try await shore.call(path, method: method, token: token, headers: headers, body: body)
    }

    func put(_ path: String, _ body: String) async throws -> APIResponse {
        try await call("\(Self.root)/artifacts/\(path)", "PUT", body)
    }

    func makeRun() async throws -> String {
        let made = try await mlflow("runs/create", ["experiment_id": "0"])
        let info = (made.json["run"] as? [String: Any])?["info"] as? [String: Any]
        return try #require(info?["run_id"] as? String, "\(made.body)")
    }

    /// - Returns: its id, and where its parts go, without the host.
    func beginUpload(_ path: String, parts: Int) async throws -> (id: String, places: [String]) {
        let (folder, name) = ("1", path)
        let begun = try await call(
            "\(Self.root)/mpu/create/\(folder)",
            "POST",
            #"{"path": "\#(name)", "num_parts": \#(parts)}"#,
            ["Content-Type: application/json"]
        )
        let credentials = begun.json["credentials"] as? [[String: Any]] ?? []
        let places = credentials.compactMap { part in
            (part["url"] as? String)?.components(separatedBy: "/api/").last.map { "/api/" + $0 }
        }
        return (try #require(begun.json["upload_id"] as? String, "\(begun.body)"), places)
    }

    /// - Parameter parts: numbers and tags, as they are told.
    func completeUpload(
        _ id: String,
        _ path: String,
        _ parts: [(number: Int, tag: String)]
    ) async throws -> APIResponse {
        let list = parts.map { part -> [String: any Sendable] in
            ["part_number": part.number, "etag": part.tag]
        }
        let body: [String: any Sendable] = ["upload_id": id, "path": path, "parts": list]
        return try await call(
            "\(Self.root)/mpu/complete/1",
            "POST",
            String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self),
            ["Content-Type: application/json"]
        )
    }

    func artifacts() async throws -> String {
        try await call("\(Self.root)/artifacts?path=1").body.filter { !$0.isWhitespace }
    }
}

extension APIResponse {
    /// Whether it is a mistake of the caller's, in MLflow's words.
    var isRefusal: Bool {
        (400..<500).contains(status) && json["error_code"] is String && json["message"] is String
    }
}
