import CoreDomain
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Glibc
import Testing

/// Onward to a real VictoriaMetrics.
@Suite(.timeLimit(.minutes(10)))
struct ForwardingTests {
    private static let start = (Timestamp.now - .seconds(3 * 3600)).floored(to: .seconds(60))
    private static let count = 480

    /// `series ship timestamp value` of everything that VictoriaMetrics has of a metric.
    private func exported(_ port: Int) async throws -> Set<String> {
        let arguments = [
            "--silent", "--show-error", "--fail", "--get",
            "http://127.0.0.1:\(port)/api/v1/export", "--data-urlencode",
            #"match[]={__name__=~"pump_.+"}"#,
        ]
        let text = try await withProcess("/usr/bin/curl", arguments) { process in
            let status = try await process.waitForExit()
            // Not listening yet, at first.
            guard status.isSuccess else { throw CommandError(process.standardError) }
            return process.standardOutput
        }
        var found: Set<String> = []
        for line in text.split(separator: "\n") {
            let object =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let labels = object["metric"] as? [String: String] ?? [:]
            let times = object["timestamps"] as? [Int64] ?? []
            let values = object["values"] as? [Double] ?? []
            for (at, value) in zip(times, values) {
                let name = "\(labels["__name__"] ?? "") \(labels["ship"] ?? "")"
                found.insert("\(name) \(at) \(Int(value))")
            }
        }
        return found
    }

    private func expected(_ ships: [String]) -> Set<String> {
        var expected: Set<String> = []
        for ship in ships {
            for series in 0..<20 {
                for step in 0..<Self.count {
                    let at = Self.start.milliseconds + Int64(step) * 15_000
                    expected.insert("pump_\(series) \(ship) \(at) \(series * 1000 + step)")
                }
            }
        }
        return expected
    }

    private func store(_ shore: Shore, _ name: String, of tenant: Tenant) async throws {
        try await Fleet(shore: shore).store(
            try await shore.makeShip(name, of: tenant),
            labels: (0..<20).map { LabelSet(name: "pump_\($0)") },
            batches: Fleet.batches(
                series: 20,
                from: Self.start,
                count: Self.count,
                every: .seconds(15)
            ) { series, step in Double(series * 1000 + step) },
            segmentLength: .seconds(60)
        )
    }

    @Test func `every sample arrives, whatever the server is killed in the middle of`() async throws
    {
        try await withTemporaryDirectory { folder in
            let port = try FreePort.find()
            let config = folder + "/core.yaml"
            try """
            forward:
              - name: lake
                tenant: acme
                url: http://127.0.0.1:\(port)/api/v1/write
                headers:
                  X-Scope-OrgID: acme
            """.write(toFile: config, atomically: true, encoding: .utf8)
            let victoria = ProcessRunner(
                "/usr/bin/victoria-metrics",
                [
                    "-storageDataPath=\(folder)/lake", "-httpListenAddr=127.0.0.1:\(port)",
                    "-retentionPeriod=12",
                ]
            )
            try await Shore.lend(arguments: ["--config", config]) { shore in
                let tenant = try await shore.makeTenant("acme")
                let other = try await shore.makeTenant("other")
                try await store(shore, "aurora", of: tenant)
                try await store(shore, "stranger", of: other)
                // The target is down at first, and comes.
                try await eventually("the server knocks", timeout: .seconds(240)) {
                    try await shore.metric(#"hawser_forwarding_retries_total{target="lake"}"#) > 0
                }
                try await withProcess(victoria) { _ in
                    try await eventually("something has arrived", timeout: .seconds(240)) {
                        try await !exported(port).isEmpty
                    }
                    shore.process.send(SIGKILL)
                    _ = try await shore.process.waitForExit()
                    try await store(shore, "borealis", of: tenant)
                    let runner = try Shore.serve(
                        shore.database,
                        data: shore.data,
                        ["--config", config]
                    )
                    let wanted = expected(["aurora", "borealis"])
                    try await withProcess(runner) { _ in
                        let found = try await eventually(
                            "everything is there",
                            timeout: .seconds(240)
                        ) {
                            () -> Set<String>? in
                            let found = try await exported(port)
                            return found.count >= wanted.count ? found : nil
                        }
                        #expect(found == wanted)
                    }
                }
            }
        }
    }
}
