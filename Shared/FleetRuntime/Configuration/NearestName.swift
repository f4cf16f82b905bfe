/// Finds what somebody probably meant.
enum NearestName {
    /// The candidate that takes the fewest edits, if that is few enough to be a typing mistake.
    static func of(_ name: String, among candidates: Set<String>) -> String? {
        let ranked = candidates.map { (edits(from: name, to: $0), $0) }.sorted { $0 < $1 }
        guard let (distance, candidate) = ranked.first else { return nil }
        return distance <= max(1, min(name.count, candidate.count) / 3) ? candidate : nil
    }

    /// Damerau's distance: insert, delete, replace one letter, or swap two neighbours.
    static func edits(from left: String, to right: String) -> Int {
        let left = Array(left.lowercased().utf8.prefix(64))
        let right = Array(right.lowercased().utf8.prefix(64))
        var rows = [Array(0...right.count)]
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var best = min(
                    rows[row][column + 1] + 1,
                    current[column] + 1,
                    rows[row][column] + (isSame ? 0 : 1)
                )
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                current.append(best)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
