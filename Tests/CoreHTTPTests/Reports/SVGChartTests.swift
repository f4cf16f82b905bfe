@testable import CoreDomain
@testable import CoreHTTP
import FleetModel
import Testing

@Suite struct SVGChartTests {
    /// Over four hours 300 units wide: an hour is 75.
    private func draw(_ values: [Double?], top: Double? = 1) throws -> SVGChart {
        let points = values.enumerated().compactMap { minute, value in
            value.map { (at: SampleReport.now - .seconds(14_400 - minute * 3600), value: $0) }
        }
        return .line(
            ShipReport.Line(points: points),
            range: try SampleReport.range(),
            until: SampleReport.now,
            top: top
        )
    }

    @Test func `values become a line with its area`() throws {
        let chart = try draw([0, 0.5, 1, 1])

        #expect(chart.line == "M0 64L75 34L150 4L225 4")
        #expect(chart.fill == "M0 64L0 64L75 34L150 4L225 4L225 64Z")
        #expect(chart.gaps == "")
    }

    @Test func `the largest value is the top where none is given`() throws {
        #expect(try draw([0, 50, 200], top: nil).line == "M0 64L75 49L150 4")
        #expect(try draw([0, 0], top: nil).line == "M0 64L75 64")
    }

    @Test func `what is not finite is left out, and what is beyond the top is cut`() throws {
        #expect(try draw([.nan, 0.5, .infinity, 7]).line == "M75 34L225 4")
        #expect(try draw([.nan, .infinity]).isEmpty)
    }

    @Test func `a hole in the data is a gap in the line`() throws {
        let minutes = (0..<240).filter { !(60..<120).contains($0) }
        let line = ShipReport.Line(
            points: minutes.map { (SampleReport.now - .seconds(14_400 - $0 * 60), 0.5) }
        )
        let chart = SVGChart.line(
            line,
            range: try SampleReport.range(),
            until: SampleReport.now,
            top: 1
        )

        #expect(chart.line.filter { $0 == "M" }.count == 2)
        #expect(chart.gaps == "M73.8 0H150V64H73.8Z")
    }

    @Test func `a lone value is a dash, and the rest is unknown`() throws {
        let chart = try draw([nil, nil, 0.5])

        #expect(chart.line == "M149 34h2")
        #expect(chart.gaps == "M0 0H150V64H0ZM150 0H300V64H150Z")
    }

    @Test func `a long line is thinned, and keeps its peak and its wholeness`() throws {
        let line = ShipReport.Line(
            points: (0..<14_400).map { second in
                (SampleReport.now - .seconds(14_400 - second), second == 7777 ? 1.0 : 0.25)
            }
        )
        let chart = SVGChart.line(
            line,
            range: try SampleReport.range(),
            until: SampleReport.now,
            top: 1
        )

        #expect(chart.line.filter { $0 == "L" }.count < SVGChart.maximumPoints)
        #expect(chart.line.filter { $0 == "M" }.count == 1)
        #expect(chart.line.contains(" 4L"))
    }

    @Test func `bars are connected shares, and a missing interval counts as none`() throws {
        let chart = SVGChart.bars(
            SampleReport.line([1, 0.5, 0]),
            range: try SampleReport.range(),
            until: SampleReport.now,
            interval: .seconds(3600)
        )

        #expect(chart.fill == "M7.5 64V4H67.5V64ZM82.5 64V34H142.5V64Z")
    }

    @Test func `a month of intervals makes a bounded number of bars`() throws {
        let range = try SampleReport.range(.seconds(30 * 86_400))
        let line = ShipReport.Line(
            points: (0..<8640).map { (range.from + .seconds($0 * 300), 1) }
        )
        let chart = SVGChart.bars(
            line,
            range: range,
            until: SampleReport.now,
            interval: .seconds(300)
        )

        #expect(chart.fill.filter { $0 == "Z" }.count == SVGChart.maximumBars)
        #expect(chart.fill.filter { $0 == "V" }.count == 2 * SVGChart.maximumBars)
    }
}
