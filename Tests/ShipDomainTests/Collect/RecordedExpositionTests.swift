import FleetModel
import ShipDomain
import Testing

/// Real scrapes, read by the parser and by a second implementation that shares nothing with it.
@Suite struct RecordedExpositionTests {
    @Test(arguments: CollectFixtures.scrapes)
    func `every sample of a real scrape is what a naive reading gives`(name: String) throws {
        let target = ScrapeTarget(group: 0, job: "j", instance: "i")
        let labelParser = LabelParser(target: target)
        var count = 0
        for (_, body) in try CollectFixtures.bodies(name) {
            let naive = NaiveExposition(String(decoding: body, as: UTF8.self)).samples
            let samples = try ParsedExposition(body).samples
            try #require(samples.count == naive.count)
            for (sample, expected) in zip(samples, naive) {
                let isSame =
                    sample.series == expected.series && sample.kind == expected.kind
                    && sample.milliseconds == nil
                    && (sample.bits == expected.value.bitPattern
                        || sample.value.isNaN && expected.value.isNaN)
                if !isSame { Issue.record("\(sample) is not \(expected)") }
                count += 1
            }
            for (sample, expected) in zip(samples, naive).prefix(count == naive.count ? .max : 20) {
                let bytes = Array(sample.series.utf8)
                let labels = try labelParser.labels(ofSeries: 0..<bytes.count, in: bytes.span)
                let all = expected.labels.filter { !$0.value.isEmpty }
                    .merging(["job": "j", "instance": "i"]) { $1 }
                #expect(labels == LabelSet(all.map { LabelSet.Label($0.key, $0.value) }))
            }
        }
        #expect(count > 3000)
    }

    @Test(arguments: CollectFixtures.scrapes)
    func `a session gives each real sample once and a marker for each series that goes`(
        name: String
    ) throws {
        let target = ScrapedTarget(sampleLimit: 100_000)
        var numbers: [LabelSet: SeriesNumber] = [:]
        var live: Set<String> = []
        for (time, body) in try CollectFixtures.bodies(name) {
            let outcome = try target.session.scraped(body, contentType: nil, at: time) { asked in
                asked.map { definition in
                    let number = numbers[definition.labels] ?? SeriesNumber(UInt32(numbers.count))
                    numbers[definition.labels] = number
                    return number
                }
            }
            let naive = NaiveExposition(String(decoding: body, as: UTF8.self)).samples
            let now = Set(naive.map(\.series))
            try #require(outcome.batches.count == 1)
            let batch = outcome.batches[0]
            #expect(batch.at == time)
            #expect(Set(batch.numbers).count == batch.numbers.count)
            #expect(batch.values.count == 1 + naive.count + outcome.staleMarkers)
            #expect(outcome.staleMarkers == live.subtracting(now).count)
            let values = batch.values.dropFirst().prefix(naive.count)
            #expect(zip(values, naive).allSatisfy { $0 == $1.value || $0.isNaN && $1.value.isNaN })
            #expect(batch.values.suffix(outcome.staleMarkers).allSatisfy(StaleMarker.isStale))
            live = now
        }
        #expect(target.session.liveSeries.count == live.count + 1)
    }
}
