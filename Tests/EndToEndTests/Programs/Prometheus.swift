import FleetTestSupport
import Foundation
import Glibc

/// A real Prometheus (Debian's) that scrapes itself, and writes what it scrapes to an agent.
struct Prometheus {
    static let program = "/usr/bin/prometheus"

    private let process: RunningProcess
    private let folder: String

    /// Starts one that writes to `http://127.0.0.1:port/api/v1/write`.
    static func start(in folder: String, writingTo port: Int) async throws -> Prometheus {
        let own = try QuietPort.find()
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let configuration = "\(folder)/prometheus.yml"
        // Two jobs on one target: the same names, times apart.
        try """
        global:
          scrape_interval: 1s
        scrape_configs:
          - job_name: itself
            static_configs: [{targets: ["127.0.0.1:\(own)"]}]
          - job_name: again
            scrape_interval: 2s
            static_configs: [{targets: ["127.0.0.1:\(own)"], labels: {deck: "upper \\"A\\""}}]
        remote_write:
          - url: http://127.0.0.1:\(port)/api/v1/write
            queue_config:
              batch_send_deadline: 500ms
              max_backoff: 500ms
              retry_on_http_429: true
            metadata_config: {send: true, send_interval: 1s}
        """.write(toFile: configuration, atomically: false, encoding: .utf8)
        let process = try ProcessRunner(
            program,
            [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(own)",
            ]
        ).start()
        return Prometheus(process: process, folder: folder)
    }

    var log: String { process.standardError }

    /// SIGTERM: it sends what it has not sent yet, and ends.
    func stop() async throws {
        process.send(SIGTERM)
        let status = try? await process.waitForExit(timeout: .seconds(240))
        await process.end()
        guard status == .exited(0) else {
            throw EndToEndError("prometheus did not end in order:\n\(log.suffix(4000))")
        }
    }

    func kill() async { await process.end() }

    /// Everything in its database, by its own tool. NaNs lose their payload in that: see `tally`.
    func samples() async throws -> SampleTally {
        let prefix = "\(folder)/dump"
        var runner = ProcessRunner(
            "/usr/bin/promtool",
            ["tsdb", "dump", "\(folder)/data"]
        )
        runner.outputFilePrefix = prefix
        try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError("promtool tsdb dump: \(process.standardError)")
            }
        }
        let text = try String(contentsOfFile: prefix + ".stdout", encoding: .utf8)
        var tally = SampleTally()
        for line in text.split(separator: "\n") { try Self.add(line, to: &tally) }
        return tally
    }

    /// `{__name__="a", b="c"} 1.5 1795275000000`
    private static func add(_ line: Substring, to tally: inout SampleTally) throws {
        guard let brace = line.range(of: "} ", options: .backwards) else {
            throw EndToEndError("promtool says: \(line)")
        }
        let words = line[brace.upperBound...].split(separator: " ")
        guard words.count == 2, let time = Int64(words[1]) else {
            throw EndToEndError("promtool says: \(line)")
        }
        var labels: [String: String] = [:]
        let pairs = line[line.index(after: line.startIndex)..<brace.lowerBound]
        for match in pairs.matches(of: /(\w+)=("(?:[^"\\]|\\.)*")/) {
            labels[String(match.1)] = try JSONDecoder().decode(
                String.self,
                from: Data(match.2.utf8)
            )
        }
        let value =
            words[0] == "NaN" ? Double.nan : words[0] == "+Inf" ? .infinity : Double(words[0])
        guard let value else { throw EndToEndError("promtool says: \(line)") }
        tally.add(SampleTally.key(labels), at: time, bits: value.bitPattern)
    }
}
