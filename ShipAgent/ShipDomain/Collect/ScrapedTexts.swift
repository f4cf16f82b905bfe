import FleetModel

/// What one exposition holds, once read and before anything is decided about it.
struct ScrapedTexts {
    /// A sample by the text of its series.
    struct Sample {
        var value: Double
        /// An entry of the cache, or `cached` plus an index of `newTexts`.
        var text: UInt32
        /// Whether the sample's own time is the next of `timestamps`.
        var hasTimestamp: Bool
    }

    /// A text that the cache doesn't know, with the labels it stands for.
    struct NewText {
        let range: Range<Int>
        let hash: UInt32
        /// What it stands for.
        let meaning: Meaning
    }

    enum Meaning {
        /// An index of `definitions`.
        case series(Int)
        /// What the gate says against it.
        case dropped
        case refused(LabelViolation)
    }

    var samples: [Sample] = []
    var timestamps: [Timestamp] = []
    var newTexts: [NewText] = []
    /// The series that the new texts stand for, each once, though several texts may mean it.
    var definitions: [(labels: LabelSet, kind: SeriesKind)] = []
    /// A series for each violation, for people.
    var examples: [LabelViolation: String] = [:]
    /// How many entries the cache had.
    let cached: Int

    /// Reads an exposition against a cache, and leaves the cache as it is.
    ///
    /// - Parameters:
    ///   - first: The cache's entry to expect first.
    ///   - asksForUp: Whether the target's own `up` is to be the first of `definitions`.
    /// - Throws: `ExpositionError` at the first fault.
    init(
        _ body: [UInt8],
        format: ExpositionFormat,
        target: ScrapeTarget,
        cache: SeriesTextCache,
        first: Int?,
        asksForUp: Bool
    ) throws(ExpositionError) {
        cached = cache.count
        samples.reserveCapacity(cache.count)
        let bytes = body.span
        let texts = cache.texts
        let textBytes = texts.span
        let labelParser = LabelParser(target: target)
        var indices: [LabelSet: Int] = [:]
        if asksForUp {
            definitions.append((target.upLabels, .gauge))
            indices[target.upLabels] = 0
        }
        var parser = ExpositionParser(
            format: format,
            sampleLimit: target.sampleLimit,
            bodyLimit: target.bodyLimit
        )
        var expected = first
        while true {
            var range = 0..<0
            if let expected { range = cache.range(of: expected) }
            guard let sample = try parser.next(in: bytes, expecting: range, of: textBytes) else {
                break
            }
            let text: Int
            if sample.isExpected, let expected {
                text = expected
            } else {
                let hash = SeriesTextCache.hash(bytes, sample.series)
                if let entry = cache.find(bytes, sample.series, hash: hash) {
                    text = entry
                } else {
                    text = cached + newTexts.count
                    let labels: LabelSet
                    do {
                        labels = try labelParser.labels(ofSeries: sample.series, in: bytes)
                    } catch {
                        throw ExpositionError(line: sample.line, fault: error)
                    }
                    let meaning: Meaning
                    switch target.gate.judge(labels) {
                    case .kept(let labels):
                        let definition = indices[labels] ?? definitions.count
                        if definition == definitions.count {
                            indices[labels] = definition
                            definitions.append((labels, parser.kind(in: bytes)))
                        }
                        meaning = .series(definition)
                    case .dropped:
                        meaning = .dropped
                    case .refused(let violation):
                        if examples[violation] == nil { examples[violation] = labels.description }
                        meaning = .refused(violation)
                    }
                    newTexts.append(NewText(range: sample.series, hash: hash, meaning: meaning))
                }
            }
            expected = text < cached ? cache.following(text) : nil
            let timestamp = target.honorTimestamps ? sample.timestamp : nil
            if let timestamp { timestamps.append(timestamp) }
            samples.append(
                Sample(
                    value: sample.value,
                    text: UInt32(truncatingIfNeeded: text),
                    hasTimestamp: timestamp != nil
                )
            )
        }
    }
}
