import FleetModel

/// Invents fleets of series of the kinds that exporters have, from a seed.
struct SampleMaker {
    private enum Behaviour: CaseIterable {
        case constant, counter, steadyCounter, gauge, decimal, multiplied, pages, anyBits, epochTime
        case special
    }

    private struct Series {
        let number: SeriesNumber
        let behaviour: Behaviour
        var value: Double
    }

    private struct Group {
        let number: UInt32
        var series: [Series]
        var at: Int64
    }

    private var generator: SeededGenerator
    private var groups: [Group] = []

    init(seed: UInt64, groups groupCount: Int = 3, seriesPerGroup: Int = 20) {
        generator = SeededGenerator(seed: seed)
        var next: UInt32 = 0
        for group in 0..<groupCount {
            var series: [Series] = []
            for _ in 0..<seriesPerGroup {
                next += UInt32.random(in: 1...3, using: &generator)
                let behaviour = Behaviour.allCases.randomElement(using: &generator) ?? .constant
                series.append(
                    Series(
                        number: SeriesNumber(next),
                        behaviour: behaviour,
                        value: Double(Int.random(in: 0...100_000, using: &generator))
                    )
                )
            }
            let at = 1_795_000_000_000 + Int64(group)
            groups.append(Group(number: UInt32(group), series: series, at: at))
        }
    }

    /// The next `rowCount` scrapes of every group. With `gaps`, series are missing now and then,
    /// and times are odd.
    mutating func batches(rows rowCount: Int, gaps: Bool = false) -> [SampleBatch] {
        var result: [SampleBatch] = []
        for _ in 0..<rowCount {
            for index in groups.indices {
                var numbers: [SeriesNumber] = []
                var values: [Double] = []
                for place in groups[index].series.indices {
                    advance(group: index, place)
                    if gaps, generator.chance(15) { continue }
                    numbers.append(groups[index].series[place].number)
                    values.append(groups[index].series[place].value)
                }
                let odd = gaps && generator.chance(20)
                groups[index].at +=
                    odd
                    ? Int64.random(in: -3000...3000, using: &generator)
                    : 1000 + Int64.random(in: -2...2, using: &generator)
                result.append(
                    SampleBatch(
                        group: groups[index].number,
                        at: Timestamp(milliseconds: groups[index].at),
                        numbers: numbers,
                        values: values
                    )
                )
            }
        }
        return result
    }

    private mutating func advance(group: Int, _ place: Int) {
        var series = groups[group].series[place]
        defer { groups[group].series[place] = series }
        switch series.behaviour {
        case .constant:
            if generator.chance(1) { series.value += 1 }
        case .counter:
            if generator.chance(40) {
                series.value += Double(Int.random(in: 1...500, using: &generator))
            }
        case .steadyCounter:
            series.value += 15
        case .gauge:
            series.value += Double(Int.random(in: -50...50, using: &generator))
        case .decimal:
            series.value = Double(Int.random(in: 0...99_999, using: &generator)) / 1000
        case .multiplied:
            series.value = Double(Int.random(in: 0...99_999, using: &generator)) * 0.001
        case .pages:
            series.value = Double(Int.random(in: 1000...9_999_999, using: &generator)) * 4096
        case .anyBits:
            series.value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
        case .epochTime:
            series.value = 1_795_000_000 + Double.random(in: 0...1000, using: &generator)
        case .special:
            let specials: [Double] = [
                StaleMarker.value, .nan, .infinity, -.infinity, -0.0, 0, 1, 2, 0.5,
                Double(bitPattern: 0x7FF8_0000_0000_0001), .leastNonzeroMagnitude,
                .greatestFiniteMagnitude, Double(bitPattern: 0xFFF0_1234_5678_9ABC),
            ]
            series.value = specials.randomElement(using: &generator) ?? 0
        }
    }
}
