import ArgumentParser
import FleetRuntime
import FleetTestSupport
import Foundation

/// A large model up and down, and what the processes need for it.
struct ArtifactBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts",
        abstract: "A file of gigabytes up and down: the time, and the memory of each process.",
        discussion: """
            Starts core-server with a PostgreSQL of its own (fsync on), sends it a file of random \
            bytes with curl over TLS, whole and in parts, and fetches it; then the same with the \
            stock mlflow client, if an environment with it is named. Memory is the kernel's \
            high-water mark of each step. With --store the bytes go to an S3-compatible bucket.
            """
    )

    @Option(help: "Size of the file.")
    var mebibytes = 2048

    @Option(help: "Size of a part.")
    var partMebibytes = 128

    @Option(help: ArgumentHelp("The Python of an environment with mlflow.", valueName: "program"))
    var python: String?

    @Option(
        help: ArgumentHelp(
            "As artifacts.url; the keys are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
            valueName: "s3 url"
        )
    )
    var store: String?

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let root = "/api/2.0/mlflow-artifacts"

    func run() async throws {
        guard (1...100_000).contains(mebibytes), (1...10_000).contains(partMebibytes) else {
            throw CommandError("--mebibytes is 1 to 100000, --part-mebibytes is 1 to 10000")
        }
        let figures = try await withTemporaryDirectory { directory in
            // The database's unprivileged user must get through to its part.
            chmod(directory, 0o755)
            return try await measure(in: directory)
        }
        figures.print(json: json)
    }

    /// A running server, and who asks it.
    private struct Party {
        let process: RunningProcess
        let url: String
        let token: String
        let authority: String
    }

    private func measure(in directory: String) async throws -> Figures {
        let data = directory + "/shore"
        let settings = directory + "/core-server.yaml"
        let text = store.map { "artifacts:\n  url: \"\($0)\"\n" } ?? ""
        try text.write(toFile: settings, atomically: true, encoding: .utf8)
        let port = try FreePort.find()
        let runner = ProcessRunner(
            try Products.path("core-server"),
            [
                "serve", "--config", settings, "--data", data, "--listen", "127.0.0.1:\(port)",
                "--sync-listen", "127.0.0.1:0", "--log-level", "warning",
            ]
        )
        return try await withProcess(runner) { process in
            _ = try await eventually("core-server listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: data + "/endpoints.json", encoding: .utf8)
            }
            func make(_ arguments: [String]) async throws -> String {
                try await output(runner.executable, arguments + ["--data", data])
            }
            _ = try await make(["tenant", "create", "alpha"])
            let party = Party(
                process: process,
                url: "https://127.0.0.1:\(port)",
                token: try await make([
                    "token", "create", "--tenant", "alpha", "--role", "admin", "--name", "bench",
                ]),
                authority: data + "/authority/ca.crt"
            )
            let figures = try await measure(party, in: directory)
            process.send(SIGTERM)
            _ = try await process.waitForExit()
            return figures
        }
    }

    private func measure(_ party: Party, in directory: String) async throws -> Figures {
        var figures = Figures(title: "artifacts: a file of \(mebibytes) MiB")
        let (file, fetched) = (directory + "/file", directory + "/fetched")
        _ = try await shell(
            #"head -c "$1" /dev/urandom > "$2""#,
            ["\(mebibytes * 1024 * 1024)", file]
        )
        let digest = try await shell(#"sha256sum < "$1""#, [file])
        try await step("upload", party, &figures) {
            _ = try await curl(party, Self.root + "/artifacts/1/whole", ["-T", file])
        }
        try await step("download", party, &figures) {
            _ = try await curl(party, Self.root + "/artifacts/1/whole", ["-o", fetched])
        }
        guard try await shell(#"sha256sum < "$1""#, [fetched]) == digest else {
            throw CommandError("what came down is not what went up")
        }
        try await inParts(file, party, in: directory, &figures)
        if let python {
            try await withClient(python, file, party, in: directory, &figures)
        }
        return figures
    }

    private func inParts(
        _ file: String,
        _ party: Party,
        in directory: String,
        _ figures: inout Figures
    ) async throws {
        let count = (mebibytes + partMebibytes - 1) / partMebibytes
        let type = ["-H", "Content-Type: application/json"]
        let begun = try await curl(
            party,
            Self.root + "/mpu/create/1",
            type + ["-d", #"{"path": "parts", "num_parts": \#(count)}"#]
        )
        let answer = try JSONSerialization.jsonObject(with: Data(begun.utf8)) as? [String: Any]
        guard let id = answer?["upload_id"] as? String,
            let credentials = answer?["credentials"] as? [[String: Any]]
        else { throw CommandError("an upload in parts did not begin: \(begun)") }
        let places = credentials.compactMap { credential in
            (credential["url"] as? String)?.components(separatedBy: "/api/").last.map {
                "/api/" + $0
            }
        }
        let piece = directory + "/piece"
        var parts: [String] = []
        try await step("parts", party, &figures) {
            for (number, place) in places.enumerated() {
                _ = try await shell(
                    #"tail -c "+$1" "$3" | head -c "$2" > "$4""#,
                    [
                        "\(number * partMebibytes * 1024 * 1024 + 1)",
                        "\(partMebibytes * 1024 * 1024)", file, piece,
                    ]
                )
                let headers = try await curl(
                    party,
                    place,
                    ["-T", piece, "-D", "-", "-o", "/dev/null"]
                )
                let line = headers.split(whereSeparator: \.isNewline)
                    .first { $0.lowercased().hasPrefix("etag:") }
                let tag = (line ?? "etag:").dropFirst(5).filter { $0 != "\"" && $0 != " " }
                parts.append(#"{"part_number": \#(number + 1), "etag": "\#(tag)"}"#)
            }
        }
        let end =
            #"{"path": "parts", "upload_id": "\#(id)", "parts": [\#(parts.joined(separator: ","))]}"#
        try await step("complete", party, &figures) {
            _ = try await curl(party, Self.root + "/mpu/complete/1", type + ["-d", end])
        }
    }

    /// The stock client tells its own memory: after its imports, and at its highest.
    private static let client = """
        import os, resource, sys, time
        import mlflow
        from mlflow import MlflowClient
        def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        client = MlflowClient()
        run = client.create_run("0").info.run_id
        before = peak()
        began = time.monotonic()
        client.log_artifact(run, sys.argv[1])
        sent, after_sent = time.monotonic(), peak()
        client.download_artifacts(run, os.path.basename(sys.argv[1]), sys.argv[2])
        fetched = time.monotonic()
        print(before, sent - began, after_sent, fetched - sent, peak())
        """

    private func withClient(
        _ python: String,
        _ file: String,
        _ party: Party,
        in directory: String,
        _ figures: inout Figures
    ) async throws {
        var environment = ProcessRunner.inherited
        environment["MLFLOW_TRACKING_URI"] = party.url
        environment["MLFLOW_TRACKING_TOKEN"] = party.token
        environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = party.authority
        environment["REQUESTS_CA_BUNDLE"] = party.authority
        let folder = directory + "/client"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let runner = ProcessRunner(
            python,
            ["-c", Self.client, file, folder],
            environment: environment,
            workingDirectory: directory
        )
        _ = try peak(party.process)
        let said = try await output(runner)
        figures.add("mlflow_server_mib", try peak(party.process), decimals: 1)
        let numbers = said.split(whereSeparator: \.isNewline).last?.split(separator: " ")
            .compactMap { Double($0) }
        guard let numbers, numbers.count == 5 else {
            throw CommandError("the client did not say what it took: \(said)")
        }
        figures.add("mlflow_import_mib", numbers[0], decimals: 1, note: "of the client, before")
        figures.add("mlflow_upload_seconds", numbers[1], decimals: 1)
        figures.add(
            "mlflow_upload_mib",
            numbers[2],
            decimals: 1,
            note: "of the client, at its highest"
        )
        figures.add("mlflow_download_seconds", numbers[3], decimals: 1)
        figures.add(
            "mlflow_download_mib",
            numbers[4],
            decimals: 1,
            note: "of the client, at its highest"
        )
    }

    // MARK: How

    private func step(
        _ name: String,
        _ party: Party,
        _ figures: inout Figures,
        _ body: () async throws -> Void
    ) async throws {
        _ = try peak(party.process)
        let began = ContinuousClock.now
        try await body()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        figures.add(name + "_seconds", seconds, decimals: 1)
        figures.add(name + "_mib_per_second", Double(mebibytes) / seconds)
        figures.add(
            name + "_server_mib",
            try peak(party.process),
            decimals: 1,
            note: "of core-server, at its highest"
        )
    }

    /// The kernel's high-water mark since the last time, in MiB.
    private func peak(_ process: RunningProcess) throws -> Double {
        let folder = "/proc/\(process.processID)"
        let status = try AtomicFile.readText(folder + "/status", limit: 65_536)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        try "5".write(toFile: folder + "/clear_refs", atomically: false, encoding: .utf8)
        return (Double(line.filter(\.isNumber)) ?? 0) / 1024
    }

    private func curl(
        _ party: Party,
        _ path: String,
        _ arguments: [String]
    ) async throws -> String {
        let shared = [
            "-sS", "--fail", "--cacert", party.authority, "-H",
            "Authorization: Bearer \(party.token)",
        ]
        return try await output("/usr/bin/curl", shared + arguments + [party.url + path])
    }

    private func shell(_ script: String, _ arguments: [String]) async throws -> String {
        try await output("/bin/sh", ["-ec", script, "sh"] + arguments)
    }

    private func output(_ program: String, _ arguments: [String]) async throws -> String {
        try await output(ProcessRunner(program, arguments))
    }

    private func output(_ runner: ProcessRunner) async throws -> String {
        try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(3600))
            guard status.isSuccess else {
                throw CommandError("\(runner.executable) failed: \(process.standardError)")
            }
            return process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
