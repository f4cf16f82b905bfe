import FleetRuntime
import NIOHTTP1

/// All pages of a list, for people or programs.
enum ItemList {
    /// - Parameters:
    ///   - path: below `/api/v1/`, encoded.
    ///   - filters: `NAME=VALUE`.
    static func show(
        _ path: String,
        _ filters: [String],
        _ columns: [Column],
        _ connection: ConnectionOptions
    ) async throws {
        let filters = try filters.map { word -> (String, String) in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw CommandError("\(word) is not NAME=VALUE") }
            return (parts[0], parts[1])
        }
        let items = try await connection.withClient { client in
            var items: [JSONValue] = []
            var cursor: String?
            repeat {
                let query = filters + (cursor.map { [("cursor", $0)] } ?? [])
                let page = try await client.ask(.GET, path, query: [("limit", "200")] + query).json
                items += page["items"]?.items ?? []
                cursor = page["next"]?.string
            } while cursor != nil
            return items
        }
        switch connection.output {
        case .json: StandardStreams.out(JSONValue.array(items).prettyText)
        case .table:
            let rows = items.map { item in columns.map { item[$0.member]?.cell ?? "–" } }
            StandardStreams.out(TextTable(headings: columns.map(\.heading), rows: rows).text)
        }
    }
}
