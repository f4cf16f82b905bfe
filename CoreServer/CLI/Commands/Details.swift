import FleetRuntime

/// One thing, for people or programs.
enum Details {
    static func show(_ item: JSONValue, _ output: ConnectionOptions.Output) {
        guard output == .table, case .object(let members) = item else {
            return StandardStreams.out(item.prettyText)
        }
        let rows = members.sorted { $0.key < $1.key }.map { [$0.key, $0.value.cell] }
        StandardStreams.out(TextTable(headings: ["field", "value"], rows: rows).text)
    }
}
