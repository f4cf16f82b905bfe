import CoreDomain
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Artifacts in an S3-compatible store: moto's server, where `HAWSER_MOTO_SERVER` says it is.
@Suite(
    .enabled(if: ProcessRunner.inherited["HAWSER_MOTO_SERVER"] != nil),
    .timeLimit(.minutes(10))
)
struct ArtifactBucketTests {
    private static let path = "/api/2.0/mlflow-artifacts/artifacts"

    private func curl(_ arguments: String...) async throws -> String {
        let signed = ["-sS", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "AKIDEXAMPLE:x"]
        return try await withProcess(
            ProcessRunner("/usr/bin/curl", signed + arguments)
        ) { process in
            try await process.waitForExit()
            return process.standardOutput
        }
    }

    @Test func `what is stored is in the bucket, sealed, and comes back in parts`() async throws {
        let moto = try #require(ProcessRunner.inherited["HAWSER_MOTO_SERVER"])
        let port = try FreePort.find()
        let server = ProcessRunner(moto, ["-H", "127.0.0.1", "-p", "\(port)"])
        try await withProcess(server) { _ in
            let endpoint = "http://127.0.0.1:\(port)"
            try await eventually("the store is there", timeout: .seconds(240)) {
                _ = try? await curl("-o", "/dev/null", "-X", "PUT", "\(endpoint)/fleet")
                let listed = try? await curl("\(endpoint)/fleet")
                return listed?.contains("ListBucketResult") ?? false
            }
            try await withTemporaryDirectory { folder in
                for (name, text) in [("access", "AKIDEXAMPLE"), ("secret", "nothing-to-guess")] {
                    try AtomicFile.write(text: text, to: "\(folder)/\(name)")
                }
                let file = folder + "/core-server.yaml"
                try AtomicFile.write(
                    text: """
                        artifacts:
                          url: "s3://fleet/models?endpoint=\(endpoint)"
                          access_key_file: \(folder)/access
                          secret_key_file: \(folder)/secret
                        """,
                    to: file
                )
                try await Shore.lend(arguments: ["--config", file]) { shore in
                    try await check(shore, endpoint)
                }
            }
        }
    }

    private func check(_ shore: Shore, _ endpoint: String) async throws {
        let tenant = try await shore.makeTenant("acme")
        let token = try await shore.makeToken(tenant, role: .operator)
        let content = String(repeating: "0123456789abcdef", count: 20_000)
        for name in ["a", "b"] {
            let answer = try await shore.call(
                "\(Self.path)/1/\(name)",
                method: "PUT",
                token: token,
                body: content
            )
            #expect(answer.status == 200, "\(answer.body) \(shore.log)")
        }
        let whole = try await shore.call("\(Self.path)/1/b", token: token)
        #expect(whole.body == content)
        let part = try await shore.call(
            "\(Self.path)/1/a",
            token: token,
            headers: ["Range: bytes=200000-200015"]
        )
        #expect(part.status == 206 && part.body == "0123456789abcdef")
        let listed = try await curl("\(endpoint)/fleet?list-type=2")
        let keys = listed.components(separatedBy: "<Key>").dropFirst()
        #expect(keys.count == 1, "stored once: \(listed)")
        let key = try #require(keys.first?.prefix { $0 != "<" })
        #expect(key.hasPrefix("models/\(tenant.id.rawValue)/"))
        let stored = try await curl("\(endpoint)/fleet/\(key)")
        #expect(stored.contains("HAWSBLOB") && !stored.contains("0123456789abcdef"))
        #expect(TemporaryDirectory.names(in: "\(shore.data)/artifacts-spool").isEmpty)
        #expect(!shore.log.contains("nothing-to-guess"))
        // What goes behind the server's back is told, and no wrong bytes.
        _ = try await curl("-X", "DELETE", "\(endpoint)/fleet/\(key)")
        let gone = try await shore.call("\(Self.path)/1/a", token: token)
        #expect(gone.status == 409)
    }
}
