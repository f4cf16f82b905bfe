import CoreTestSupport
import FleetRuntime
import FleetTestSupport
import Foundation

/// The real `mlflow server` with its basic authentication, over a PostgreSQL of its own.
///
/// Everything that can be is set in its favour: no TLS, an unsafe but fast database, no background
/// jobs, and a password that it checked is good for a minute (by default it is checked anew at every
/// request).
struct MLflowPeer {
    /// The `mlflow` of an environment with `mlflow[auth]` and `psycopg2-binary`.
    let program: String

    private static let password = "bench-bench-1234"

    /// Starts it, lends what asks it for one experiment, and ends it.
    func run<Value>(
        in directory: String,
        _ body: (APILoad, RunningProcess) async throws -> Value
    ) async throws -> Value {
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let port = try FreePort.find()
            let settings = directory + "/basic_auth.ini"
            try """
            [mlflow]
            default_permission = READ
            database_uri = sqlite:///\(directory)/basic_auth.db
            admin_username = admin
            authorization_function = mlflow.server.auth:authenticate_request_basic_auth
            auth_cache_ttl_seconds = 60
            """.write(toFile: settings, atomically: true, encoding: .utf8)
            var environment = ProcessRunner.inherited
            environment["MLFLOW_AUTH_CONFIG_PATH"] = settings
            environment["MLFLOW_AUTH_ADMIN_PASSWORD"] = Self.password
            environment["MLFLOW_FLASK_SERVER_SECRET_KEY"] = "bench"
            environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
            return try await withProcess(
                program,
                [
                    "server", "--app-name", "basic-auth", "--host", "127.0.0.1",
                    "--port", "\(port)", "--workers", "1", "--backend-store-uri",
                    Self.url(of: database.superuserConnectionString),
                ],
                environment: environment,
                workingDirectory: directory
            ) { process in
                try await process.waitForLine(
                    containing: "Application startup complete",
                    timeout: .seconds(180)
                )
                let credentials = Data("admin:\(Self.password)".utf8).base64EncodedString()
                let load = APILoad(
                    url: "http://127.0.0.1:\(port)"
                        + "/api/2.0/mlflow/experiments/get?experiment_id=0",
                    authorization: "Basic \(credentials)"
                )
                return try await body(load, process)
            }
        }
    }

    /// SQLAlchemy's form of libpq's `host=/directory port=5432 user=postgres dbname=test_1`.
    static func url(of connectionString: String) -> String {
        var parts: [String: String] = [:]
        for pair in connectionString.split(separator: " ") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            if sides.count == 2 { parts[String(sides[0])] = String(sides[1]) }
        }
        let (user, name) = (parts["user"] ?? "", parts["dbname"] ?? "")
        return "postgresql+psycopg2://\(user)@/\(name)"
            + "?host=\(parts["host"] ?? "")&port=\(parts["port"] ?? "")"
    }
}
