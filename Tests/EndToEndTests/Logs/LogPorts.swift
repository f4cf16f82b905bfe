import FleetTestSupport
import Foundation

/// Where an agent takes log records in, and those who send them there.
struct LogPorts {
    let udp: Int
    let tcp: Int
    let http: Int
    /// Messages a second that one sender may bring.
    let rate: Int

    init(rate: Int = 1_000_000) throws {
        self.rate = rate
        udp = try QuietPort.find()
        tcp = try QuietPort.find()
        http = try QuietPort.find()
    }

    /// Lines of the agent's configuration.
    var settings: String {
        """
        logs_seal_after: 1s
        syslog_udp_listen: 127.0.0.1:\(udp)
        syslog_tcp_listen: 127.0.0.1:\(tcp)
        syslog_messages_per_second: \(rate)
        http_listen: 127.0.0.1:\(http)
        """
    }

    func waitUntilOpen(_ ship: ShipAboard) async throws {
        try await eventually("the agent listens", timeout: .seconds(240)) {
            let log = ship.log
            return ["syslog at udp", "syslog at tcp", "taking in at http"].allSatisfy(log.contains)
        }
    }

    /// Sends with Debian's `logger`.
    func log(_ arguments: String...) async throws {
        let isUDP = arguments.contains("--udp")
        try await run(
            "logger",
            ["--server", "127.0.0.1", "--port", "\(isUDP ? udp : tcp)"] + arguments
        )
    }

    /// Posts JSON lines.
    ///
    /// - Returns: the status, or 0 where there was no answer.
    @discardableResult
    func post(_ lines: [String], in folder: String) async throws -> Int {
        let file = "\(folder)/lines-\(UInt64.random(in: 0 ... .max)).json"
        try lines.joined(separator: "\n").write(toFile: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let text = try await run(
            "curl",
            [
                "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time",
                "60", "--data-binary", "@\(file)", "http://127.0.0.1:\(http)/api/v1/logs",
            ],
            mayFail: true
        )
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// What the shore answers.
    static func search(
        _ shore: Shore,
        token: String,
        ship: String,
        _ query: String
    ) async throws -> Answer {
        let url = "\(shore.apiURL)/api/v1/ships/\(ship)/logs?\(query)"
        let text = try await run(
            "curl",
            ["--silent", "--insecure", "--header", "Authorization: Bearer \(token)", url]
        )
        return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    }

    /// All records that a search finds.
    static func searchAll(
        _ shore: Shore,
        token: String,
        ship: String,
        _ query: String = ""
    ) async throws -> [Answer.Record] {
        var records: [Answer.Record] = []
        var cursor: String?
        repeat {
            let from = cursor.map { "&cursor=\($0)" } ?? ""
            let answer = try await search(
                shore,
                token: token,
                ship: ship,
                "limit=1000&\(query)\(from)"
            )
            records += answer.records
            cursor = answer.next
        } while cursor != nil
        return records
    }

    struct Answer: Decodable {
        struct Record: Decodable {
            let at: String
            let severity: String
            let facility: Int
            let host: String
            let app: String
            let procid: String
            let msgid: String
            let structured: [String: String]
            let message: String
        }

        let ship: String
        let records: [Record]
        let next: String?
    }

    @discardableResult
    private static func run(
        _ program: String,
        _ arguments: [String],
        mayFail: Bool = false
    ) async throws -> String {
        try await withProcess("/usr/bin/\(program)", arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) || mayFail else {
                throw EndToEndError("\(program) ended with \(status): \(process.standardError)")
            }
            return process.standardOutput
        }
    }

    @discardableResult
    private func run(
        _ program: String,
        _ arguments: [String],
        mayFail: Bool = false
    ) async throws -> String {
        try await Self.run(program, arguments, mayFail: mayFail)
    }
}
