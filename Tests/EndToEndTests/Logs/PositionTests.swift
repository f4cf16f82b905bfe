import FleetTestSupport
import Foundation
import Glibc
import Testing

/// The ship's place from its instruments to the shore's report.
@Suite(.timeLimit(.minutes(10))) struct PositionTests {
    private struct Report: Decodable {
        struct Ship: Decodable {
            struct Position: Decodable {
                let latitude: Double
                let longitude: Double
            }

            let position: Position?
        }

        let ships: [Ship]
    }

    private struct Status: Decodable {
        struct Position: Decodable {
            let latitude: Double
            let longitude: Double
        }

        let position: Position?
    }

    @Test func `what a receiver says by UDP is in the agent's status and the shore's report`()
        async throws
    {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let token = try await shore.command(
                "token",
                "create",
                "--tenant",
                "blue",
                "--role",
                "viewer",
                "--name",
                "test"
            )
            let port = try QuietPort.find()
            try await ShipAboard.with(
                "alpha",
                of: "blue",
                at: shore,
                data: "\(folder)/alpha",
                syncPort: shore.syncPort,
                settings: "nmea_udp_listen: 127.0.0.1:\(port)\nposition_interval: 1s"
            ) { ship in
                try ship.start()
                try await eventually("the agent hears", timeout: .seconds(240)) {
                    ship.log.contains("hearing NMEA at udp")
                }
                let sentences = [
                    "$GPGLL,5419.3890,N,01008.1234,W,225444,A,*12",
                    "$GPGLL,9999.9999,N,01008.1234,W,225444,A,*FF",
                ]
                let speaker = Task {
                    while !Task.isCancelled {
                        Self.send(sentences.map(Self.repaired).joined(separator: "\r\n"), to: port)
                        try await Task.sleep(for: .milliseconds(300))
                    }
                }
                defer { speaker.cancel() }
                try await eventually("the agent knows its place", timeout: .seconds(240)) {
                    let json = try await Self.output(
                        Products.path("ship-agent"),
                        ["status", "--data", ship.data, "--json"]
                    )
                    let status = try JSONDecoder().decode(Status.self, from: Data(json.utf8))
                    return status.position?.latitude == 54.32315
                        && status.position?.longitude == -10.13539
                }
                try await eventually("the shore reports it", timeout: .seconds(240)) {
                    let json = try await Self.output(
                        "/usr/bin/curl",
                        [
                            "--silent", "--insecure", "--header", "Authorization: Bearer \(token)",
                            "\(shore.apiURL)/api/v1/ships/alpha/report?range=1h",
                        ]
                    )
                    let report = try JSONDecoder().decode(Report.self, from: Data(json.utf8))
                    return report.ships.first?.position?.latitude == 54.32315
                }
                try await ship.stop()
            }
        }
    }

    /// Only the first is given its right checksum.
    private static func repaired(_ sentence: String) -> String {
        guard let star = sentence.lastIndex(of: "*"), !sentence.hasSuffix("FF") else {
            return sentence
        }
        let body = sentence[sentence.index(after: sentence.startIndex)..<star]
        let sum = String(body.utf8.reduce(0, ^), radix: 16, uppercase: true)
        return "$\(body)*\(sum.count == 1 ? "0" : "")\(sum)"
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        try await withProcess(program, arguments) { process in
            _ = try await process.waitForExit(timeout: .seconds(240))
            return process.standardOutput
        }
    }

    private static func send(_ text: String, to port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bytes = Array(text.utf8)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, length)
            }
        }
    }
}
