import AsyncHTTPClient
import FleetRuntime
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// A server of MLflow's API, with the same things in it as its peer has.
struct RegistryPeer: Sendable {
    /// What stands before the figures' names.
    let name: String
    let url: String
    /// PEM; `nil` without TLS.
    var authority: String?
    /// The header of that name.
    var authorization: String?

    /// What is asked, in the order of the table.
    enum Operation: String, CaseIterable {
        case alias, search, create, log
    }

    static let modelCount = 20
    static let versionCount = 500
    static let runCount = 100
    private static let searched = "bench-searched"
    private static let path = "/api/2.0/mlflow/"

    private static func model(_ number: Int) -> String { "bench-\(number % modelCount)" }

    /// Makes models with an alias each, one with many versions, and runs.
    ///
    /// - Returns: the runs' ids.
    func fill() async throws -> [String] {
        let client = try makeClient()
        do {
            let runs = try await fill(client)
            try await client.shutdown()
            return runs
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func fill(_ client: HTTPClient) async throws -> [String] {
        for name in (0..<Self.modelCount).map(Self.model) + [Self.searched] {
            _ = try await post(client, "registered-models/create", ["name": name])
        }
        for name in (0..<Self.modelCount).map(Self.model) {
            _ = try await post(
                client,
                "model-versions/create",
                ["name": name, "source": "s3://b/0"]
            )
            _ = try await post(
                client,
                "registered-models/alias",
                ["name": name, "alias": "champion", "version": "1"]
            )
        }
        for number in 0..<Self.versionCount {
            let gate = ["key": "gate", "value": number % 2 == 0 ? "failed" : "passed"]
            _ = try await post(
                client,
                "model-versions/create",
                ["name": Self.searched, "source": "s3://b/\(number)", "tags": [gate]]
            )
        }
        let experiment = try await post(client, "experiments/create", ["name": "bench"])
        var runs: [String] = []
        for number in 0..<Self.runCount {
            let made = try await post(
                client,
                "runs/create",
                [
                    "experiment_id": experiment["experiment_id"] as? String ?? "",
                    "start_time": 1_700_000_000_000 + number,
                ]
            )
            let info = (made["run"] as? [String: Any])?["info"] as? [String: Any]
            guard let id = info?["run_id"] as? String else {
                throw CommandError("\(name) answered a run without an id")
            }
            runs.append(id)
        }
        return runs
    }

    /// - Throws: where it is not answered with 200.
    private func post(
        _ client: HTTPClient,
        _ operation: String,
        _ body: [String: Any]
    ) async throws -> [String: Any] {
        var request = Self.post(url + Self.path + operation, try Self.json(body))
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        let response = try await client.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 1_000_000)
        guard response.status == .ok else {
            throw CommandError(
                "\(operation) was answered \(response.status.code): \(String(buffer: answer))"
            )
        }
        let object = try JSONSerialization.jsonObject(with: Data(answer.readableBytesView))
        return object as? [String: Any] ?? [:]
    }

    /// Waits until the first answer.
    func waitUntilAnswered(within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        let client = try makeClient()
        var request = HTTPClientRequest(
            url: url + Self.path + "experiments/get?experiment_id=0"
        )
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        while ContinuousClock.now < end {
            let status = try? await client.execute(request, timeout: .seconds(5)).status
            if status == .ok {
                try await client.shutdown()
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        try await client.shutdown()
        throw CommandError("\(name) does not answer")
    }

    private func makeClient() throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority {
            tls.trustRoots = .certificates([
                try NIOSSLCertificate(bytes: Array(authority.utf8), format: .pem)
            ])
        }
        return HTTPClient(configuration: HTTPClient.Configuration(tlsConfiguration: tls))
    }

    /// Clients that ask for it. A client that writes has models and runs of its own: the real server
    /// loses versions where two create them under one name.
    ///
    /// - Parameter counter: draws what is new in each request.
    func load(_ operation: Operation, runs: [String], _ counter: Counter64) -> APILoad {
        var load = APILoad(url: url, authority: authority, authorization: authorization)
        load.connections = 16
        load.compose = { client in
            let number = counter.next()
            switch operation {
            case .alias:
                return LoadRequest(
                    path: Self.path
                        + "registered-models/alias?name=\(Self.model(number))&alias=champion"
                )
            case .search:
                return LoadRequest(
                    path: Self.path + "model-versions/search?max_results=100"
                        + "&filter=name%3D%27\(Self.searched)%27"
                )
            case .create:
                return LoadRequest(
                    method: .POST,
                    path: Self.path + "model-versions/create",
                    body: "{\"name\":\"\(Self.model(client))\",\"source\":\"s3://b/\(number)\","
                        + "\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}"
                )
            case .log:
                let metrics = (0..<10).map { metric in
                    "{\"key\":\"m\(metric)\",\"value\":\(Double(number) / 2),"
                        + "\"timestamp\":\(1_700_000_000_000 + number),\"step\":\(number)}"
                }
                return LoadRequest(
                    method: .POST,
                    path: Self.path + "runs/log-batch",
                    body: "{\"run_id\":\"\(runs[client % runs.count])\","
                        + "\"metrics\":[\(metrics.joined(separator: ","))],"
                        + "\"tags\":[{\"key\":\"last\",\"value\":\"\(number)\"}]}"
                )
            }
        }
        return load
    }

    private static func post(_ url: String, _ body: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        return request
    }

    private static func json(_ body: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    }
}
