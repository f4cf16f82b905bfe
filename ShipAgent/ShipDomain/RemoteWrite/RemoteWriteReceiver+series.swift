import FleetModel
import ShipStore

/// From the texts of series to their numbers, by way of the gate.
extension RemoteWriteReceiver {
    /// What the identities of the groups begin with, by which the store knows them.
    package static let identityPrefix = "remote_write"

    /// Finds the number of each series of a request, or the verdict on it.
    ///
    /// - Returns: the rows of those that were not met before; `rows` is then not complete.
    func find(_ table: WriteTable, _ rows: inout [UInt32]) -> [Int] {
        var missing: [Int] = []
        rows = [UInt32](repeating: VerdictTable.dropped, count: table.series.count)
        let texts = table.texts.span
        let now = minute
        // Out of the actor for the loop: each access to an actor's property is checked.
        var cache = SentSeriesCache()
        swap(&cache, &self.cache)
        defer { swap(&cache, &self.cache) }
        var expected: Int?
        var previous: Int?
        for index in table.series.indices {
            let sent = table.series[index].labels
            let range = Int(sent.lowerBound)..<Int(sent.upperBound)
            var entry: Int?
            // Senders keep their order, so what followed last time nearly always follows again, and
            // comparing is cheaper than finding.
            if let expected, cache.holds(expected, texts, range) { entry = expected }
            if entry == nil {
                let hash = SeriesTextCache.hash(texts, range)
                entry = cache.find(texts, range, hash: hash)
            }
            guard let entry else {
                missing.append(index)
                expected = nil
                continue
            }
            cache.note(entry, seenAt: now, after: previous)
            previous = entry
            expected = cache.following(entry)
            rows[index] = cache.series(of: entry)
        }
        return missing
    }

    /// Enters series that were not met before: in the catalogue, or with the verdict on them.
    func enter(
        _ missing: [Int],
        of table: WriteTable,
        _ examples: inout [LabelViolation: String]
    ) async throws {
        let room = makeRoom(for: missing, of: table)
        var definitions: [(labels: LabelSet, kind: SeriesKind)] = []
        var entered: [(row: Int, verdict: UInt32?)] = []
        for (place, row) in missing.enumerated() {
            let series = table.series[row]
            let range = Int(series.labels.lowerBound)..<Int(series.labels.upperBound)
            let sent = (try? SentLabels.read(range, table.texts.span)) ?? nil
            let verdict: LabelGate.Verdict
            if place >= room {
                verdict = .refused(LabelViolation(.seriesLimit))
            } else {
                verdict = sent.map { gate.judge($0) } ?? .refused(LabelViolation(.invalid))
            }
            switch verdict {
            case .kept(let labels):
                definitions.append((labels, series.kind ?? families.kind(of: labels)))
                entered.append((row, nil))
            case .dropped:
                entered.append((row, VerdictTable.dropped))
            case .refused(let violation):
                if examples[violation] == nil { examples[violation] = sent?.description ?? "" }
                entered.append((row, verdicts.number(of: violation)))
            }
        }
        let (numbers, numberGroups) = try await numbers(of: definitions)
        var next = 0
        for (row, verdict) in entered {
            var number = verdict
            if number == nil {
                number = numbers[next].rawValue
                memory.enter(numbers[next].rawValue, group: numberGroups[next])
                next += 1
            }
            guard let number else { continue }
            remember(table.series[row].labels, of: table, as: number)
        }
    }

    private func remember(_ sent: Range<UInt32>, of table: WriteTable, as number: UInt32) {
        let range = Int(sent.lowerBound)..<Int(sent.upperBound)
        let texts = table.texts.span
        let hash = SeriesTextCache.hash(texts, range)
        // Another request may have entered it meanwhile, or this one names it twice.
        guard cache.find(texts, range, hash: hash) == nil else { return }
        cache.insert(texts, range, hash: hash, series: number)
    }

    private func numbers(
        of definitions: [(labels: LabelSet, kind: SeriesKind)]
    ) async throws -> ([SeriesNumber], [UInt32]) {
        guard !definitions.isEmpty else { return ([], []) }
        let identities = definitions.map { group(of: $0.labels) }
        var unknown: [String] = []
        for identity in identities where groups[identity] == nil && !unknown.contains(identity) {
            unknown.append(identity)
        }
        let asked = unknown
        let resolved = try await resolve(definitions, groups: asked)
        for (identity, group) in zip(asked, resolved.groups) { groups[identity] = group }
        return (resolved.numbers, identities.map { groups[$0] ?? 0 })
    }

    /// Series of one target of the sender's share their times: together they take fewer bytes.
    private func group(of labels: LabelSet) -> String {
        let identity =
            "\(Self.identityPrefix) \(labels["job"] ?? "") \(labels["instance"] ?? "")"
        let isKnown = groups[identity] != nil
        guard isKnown || groups.count < RemoteWriteLimits.groups, identity.utf8.count <= 1024 else {
            return Self.identityPrefix
        }
        return identity
    }

    /// Forgets texts that were not seen for long when there are too many.
    ///
    /// - Returns: for how many of the missing there is room.
    private func makeRoom(for missing: [Int], of table: WriteTable) -> Int {
        let limit = RemoteWriteLimits.cachedSeries
        func room() -> Int {
            cache.byteCount < RemoteWriteLimits.cachedTextBytes ? max(0, limit - cache.count) : 0
        }
        for age in [RemoteWriteLimits.unseenMinutes, 5, 1] where room() < missing.count {
            let since = minute - min(minute, age)
            guard cache.unseenCount(since: since) > 0 else { continue }
            cache.removeUnseen(since: since)
        }
        return room()
    }
}
