import FleetTestSupport
import Foundation
import Glibc

/// A policy server that people can have say yes or no, speaking OPA's data API.
struct PolicyOffice {
    /// What it was asked, as far as the tests look at it.
    struct Question: Decodable {
        struct Input: Decodable {
            struct Ship: Decodable { let name: String }
            struct Deployment: Decodable {
                let id: Int
                let planDigest: String
            }

            let action: String
            let tenant: String
            let ship: Ship
            let deployment: Deployment
        }

        let authorization: String
        let input: Input
    }

    private static let token = "a-word-of-the-office"

    private let folder: String
    private let port: Int

    init(_ folder: String) throws {
        self.folder = folder
        port = try QuietPort.find()
        try Self.program.write(toFile: "\(folder)/office.py", atomically: true, encoding: .utf8)
        try "\(Self.token)\n".write(toFile: "\(folder)/token", atomically: true, encoding: .utf8)
        guard chmod("\(folder)/token", 0o600) == 0 else { throw EndToEndError("chmod fails") }
        try answer(#"{"result": true}"#)
    }

    /// Lines of the server's configuration.
    var settings: String {
        """
        policy_server:
          url: http://127.0.0.1:\(port)/v1/data/fleet/release
          token_file: \(folder)/token
          timeout_seconds: 10

        """
    }

    /// From now on.
    func answer(_ document: String) throws {
        try document.write(toFile: "\(folder)/answer", atomically: true, encoding: .utf8)
    }

    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await withProcess(
            "/usr/bin/python3",
            ["-u", "\(folder)/office.py", "\(port)", folder]
        ) { process in
            try await process.waitForLine(containing: "open")
            return try await body()
        }
    }

    /// All that it was ever asked, in order.
    func questions() throws -> [Question] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = (try? String(contentsOfFile: "\(folder)/asked", encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map {
            try decoder.decode(Question.self, from: Data($0.utf8))
        }
    }

    /// Whether all that it was asked came with the word that the server was given.
    func knowsWhoAsks() throws -> Bool {
        try questions().allSatisfy { $0.authorization == "Bearer \(Self.token)" }
    }

    private static let program = """
        import http.server, json, sys

        folder = sys.argv[2]

        class Office(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers["content-length"])))
                question["authorization"] = self.headers.get("authorization", "")
                with open(folder + "/asked", "a") as file:
                    file.write(json.dumps(question) + "\\n")
                answer = open(folder + "/answer", "rb").read()
                self.send_response(200 if self.path == "/v1/data/fleet/release" else 404)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Office)
        print("open", flush=True)
        server.serve_forever()
        """
}
