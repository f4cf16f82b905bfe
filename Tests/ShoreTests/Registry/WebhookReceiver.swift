import Crypto
import FleetIdentity
import FleetModel
import FleetTestSupport
import Foundation

/// A server over HTTPS that takes webhooks, writes down what it was asked, and answers as it is told.
struct WebhookReceiver: Sendable {
    /// What it was asked.
    struct Delivery: Decodable, Sendable {
        let path: String
        let headers: [String: String]
        let body: String

        var id: String { headers["x-mlflow-delivery-id"] ?? "" }

        var event: String {
            let json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
            return "\(json?["entity"] ?? "").\(json?["action"] ?? "")"
        }

        var data: [String: Any] {
            let json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
            return json?["data"] as? [String: Any] ?? [:]
        }

        /// What MLflow's documents have receivers compute.
        func isSigned(with secret: String) -> Bool {
            let text = "\(id).\(headers["x-mlflow-timestamp"] ?? "").\(body)"
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(text.utf8),
                using: SymmetricKey(data: Array(secret.utf8))
            )
            return headers["x-mlflow-signature"] == "v1,\(Data(code).base64EncodedString())"
        }
    }

    let port: Int
    private let folder: String

    var url: String { "https://localhost:\(port)/hooks" }

    /// A folder for it, with a certificate, and a server's configuration that lets webhooks go there.
    ///
    /// - Parameter isAllowed: whether they may.
    init(in folder: String, isAllowed: Bool = true) throws {
        port = try FreePort.find()
        self.folder = folder
        let authority = try CertificateAuthority(commonName: "receiver", at: .now)
        let key = PrivateKey()
        let certificate = try authority.issueShore(
            hosts: ["localhost", "127.0.0.1"],
            key: key,
            at: .now
        )
        try (certificate.pem + key.pem).write(
            toFile: folder + "/receiver.pem",
            atomically: true,
            encoding: .utf8
        )
        try authority.certificate.pem.write(
            toFile: folder + "/receiver-ca.pem",
            atomically: true,
            encoding: .utf8
        )
        try """
        webhooks:
          ca_file: \(folder)/receiver-ca.pem
        \(isAllowed ? "  allow: [\"localhost:\(port)\"]" : "")

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try Self.program.write(toFile: folder + "/receiver.py", atomically: true, encoding: .utf8)
        try answer(200)
    }

    var configuration: String { folder + "/core-server.yaml" }

    /// From now on.
    func answer(_ status: Int) throws {
        try "\(status)".write(toFile: folder + "/status", atomically: true, encoding: .utf8)
    }

    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await withProcess(
            "/usr/bin/python3",
            ["-u", folder + "/receiver.py", "\(port)", folder]
        ) { process in
            try await process.waitForLine(containing: "receiving")
            return try await body()
        }
    }

    /// All that it was ever asked, in order.
    var deliveries: [Delivery] {
        let text = (try? String(contentsOfFile: folder + "/asked", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Delivery.self, from: Data($0.utf8))
        }
    }

    private static let program = """
        import http.server, json, ssl, sys

        folder = sys.argv[2]

        class Receiver(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def asked(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                line = json.dumps({"path": self.path, "headers": headers, "body": body})
                with open(folder + "/asked", "a") as file:
                    file.write(line + "\\n")
                status = int(open(folder + "/status").read())
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", "https://127.0.0.1:%s/inner" % sys.argv[1])
                self.send_header("content-length", "5")
                self.end_headers()
                self.wfile.write(b"heard")

            do_POST = do_GET = asked

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/receiver.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print("receiving")
        server.serve_forever()
        """
}
