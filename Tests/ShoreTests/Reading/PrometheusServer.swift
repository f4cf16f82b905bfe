import FleetTestSupport
import Foundation

/// A real Prometheus whose only storage is a shore's remote read.
struct PrometheusServer {
    let url: String

    /// Lends one until the body ends.
    static func with<Result>(
        _ shore: Shore,
        token: String,
        _ body: (PrometheusServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            try token.write(toFile: folder + "/token", atomically: true, encoding: .utf8)
            try """
            remote_read:
              - url: https://127.0.0.1:\(shore.apiPort)/api/v1/read
                read_recent: true
                authorization:
                  credentials_file: \(folder)/token
                tls_config:
                  ca_file: \(shore.data)/authority/ca.crt
            """.write(toFile: folder + "/prometheus.yml", atomically: true, encoding: .utf8)
            let port = try FreePort.find()
            return try await withProcess(
                "/usr/bin/prometheus",
                [
                    "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                    "--web.listen-address=127.0.0.1:\(port)",
                ]
            ) { process in
                try await process.waitForLine(
                    containing: "Server is ready to receive web requests",
                    timeout: .seconds(240)
                )
                return try await body(PrometheusServer(url: "http://127.0.0.1:\(port)"))
            }
        }
    }

    /// `promtool query instant`: a line a series.
    func instant(_ query: String, at seconds: Int64) async throws -> [String] {
        let arguments = ["query", "instant", "--time=\(seconds)", url, query]
        return try await withProcess("/usr/bin/promtool", arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status.isSuccess else { throw QueryFailure(text: process.standardError) }
            return process.standardOutput.split(separator: "\n").map(String.init)
        }
    }

    /// The value of a query's one series.
    func number(_ query: String, at seconds: Int64) async throws -> Double? {
        let lines = try await instant(query, at: seconds)
        return lines.count == 1 ? Self.value(of: lines[0]) : nil
    }

    /// The number in a line of `promtool query instant`.
    static func value(of line: String) -> Double {
        let value = line.components(separatedBy: "=> ").last ?? ""
        return Double(value.prefix { $0 != " " }) ?? .nan
    }

    struct QueryFailure: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
