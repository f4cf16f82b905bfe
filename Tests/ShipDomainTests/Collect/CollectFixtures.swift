import FleetModel
import ShipDomain

/// The files that the tests of `Collect` and `Replay` read.
enum CollectFixtures {
    /// Ten real scrapes of each of three exporters.
    static let scrapes = ["scrapes-node", "scrapes-postgres", "scrapes-prometheus"]

    static func path(_ name: String, here: String = #filePath) -> String {
        let folders = here.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return folders.joined(separator: "/") + "/Fixtures/" + name
    }

    /// The bodies of a recorded file, with their times.
    static func bodies(_ name: String) throws -> [(at: Timestamp, body: [UInt8])] {
        var file = try RecordedScrapes(path: path("Scrapes/\(name).jsonl.xz"))
        var bodies: [(at: Timestamp, body: [UInt8])] = []
        while let scrape = try file.next() {
            if case .body(let body) = scrape.result { bodies.append((scrape.at, body)) }
        }
        return bodies
    }
}
