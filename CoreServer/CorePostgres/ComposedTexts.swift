/// Which of the statements that are put together for a call are prepared on a connection.
///
/// A text that never comes again is not worth preparing; one that does is, and the ones used longest ago
/// make room.
struct ComposedTexts {
    /// Some kB each on the server.
    static let keptLimit = 32
    private static let seenLimit = 512

    /// The name by text, and when it was last used.
    private var kept: [String: (name: String, use: UInt64)] = [:]
    private var seen: Set<String> = []
    private var uses: UInt64 = 0

    /// The name under which the text is prepared or may be now; `nil` at its first time.
    ///
    /// - Parameter dropped: the name of the one that made room, to be forgotten by the server.
    mutating func name(of statement: Statement, dropped: inout String?) -> String? {
        uses += 1
        if let name = kept[statement.sql]?.name {
            kept[statement.sql]?.use = uses
            return name
        }
        guard seen.remove(statement.sql) != nil else {
            if seen.count == Self.seenLimit { seen = [] }
            seen.insert(statement.sql)
            return nil
        }
        if kept.count == Self.keptLimit,
            let oldest = kept.min(by: { $0.value.use < $1.value.use })
        {
            dropped = oldest.value.name
            kept[oldest.key] = nil
        }
        // No number comes twice, so a name is never another text's.
        let name = "\(statement.name)_composed_\(uses)"
        kept[statement.sql] = (name, uses)
        return name
    }
}
