import CoreDomain
import FleetModel

/// The geometry of a small chart over time, as SVG path data in a view box of 300 × 64.
///
/// A chart stretches to any width, so it holds no text. Coordinates have one decimal; values that
/// are not finite are left out, and so is everything outside the range.
package struct SVGChart: Sendable, Equatable {
    package static let width = 300
    package static let height = 64
    /// Points of one line, at most: more than that is finer than the chart's pixels.
    package static let maximumPoints = 240
    /// Bars of one chart, at most.
    package static let maximumBars = 60
    /// Room above the highest value, so that a line's stroke is not cut.
    private static let headroom = 4

    /// The line; or nothing for bars.
    package let line: String
    /// What is filled: the area below the line, or the bars.
    package let fill: String
    /// Where there are no data, over the full height.
    package let gaps: String
    package let isEmpty: Bool

    /// A line with its area. Neighbours farther apart than two and a half of the usual step are not
    /// joined.
    ///
    /// - Parameters:
    ///   - until: the end of what can be known: the range's end, or the present.
    ///   - top: the value at the upper edge; `nil` for the largest one.
    package static func line(
        _ values: ShipReport.Line,
        range: TimeRange,
        until: Timestamp,
        top: Double?
    ) -> Self {
        let known = values.points.filter {
            $0.value.isFinite && $0.at >= range.from && $0.at < range.to
        }
        guard !known.isEmpty else { return Self(line: "", fill: "", gaps: "", isEmpty: true) }
        let scale = Scale(range: range, top: top ?? known.map(\.value).max() ?? 1)
        let thinned = thinned(known)
        let steps = zip(known, known.dropFirst()).map { $1.at - $0.at }.sorted()
        // One point tells no step: a hundredth of the range is about what reports are drawn by.
        let step = steps.isEmpty ? range.length / 100 : steps[steps.count / 2]
        // Thinned points lie up to two chunks apart without anything missing between them.
        let isThinned = known.count > maximumPoints
        let longest = step * (isThinned ? 4 * Double(known.count) / Double(maximumPoints) : 2.5)
        var runs: [[(at: Timestamp, value: Double)]] = []
        for point in thinned {
            if let last = runs.last?.last, point.at - last.at <= longest {
                runs[runs.count - 1].append(point)
            } else {
                runs.append([point])
            }
        }
        var line = ""
        var fill = ""
        for run in runs {
            let (stroke, area) = paths(run, scale)
            line += stroke
            fill += area
        }
        let gaps = gaps(around: runs, longest: longest, until: min(until, range.to), scale)
        return Self(line: line, fill: fill, gaps: gaps, isEmpty: false)
    }

    /// Bars of the mean share per column, where a missing interval counts as 0.
    ///
    /// - Parameters:
    ///   - interval: how long each value stands for, from its time on.
    ///   - until: the end of what has passed; a column that has not begun has no bar.
    package static func bars(
        _ values: ShipReport.Line,
        range: TimeRange,
        until: Timestamp,
        interval: Duration
    ) -> Self {
        let intervals = max(1, Int(range.length.milliseconds / max(interval.milliseconds, 1)))
        let count = min(intervals, maximumBars)
        let length = range.length.inSeconds / Double(count)
        var sums = [Double](repeating: 0, count: count)
        for point in values.points where point.value.isFinite {
            // The first interval may have begun before the range.
            guard point.at + interval > range.from, point.at < range.to else { continue }
            let column = max(0, Int((point.at - range.from).inSeconds / length))
            sums[min(column, count - 1)] += point.value * interval.inSeconds
        }
        let scale = Scale(range: range, top: 1)
        let slot = Double(width) / Double(count)
        var fill = ""
        for (column, sum) in sums.enumerated() {
            let passed = (until - range.from).inSeconds - Double(column) * length
            guard passed > 0 else { break }
            let share = min(1, sum / min(length, max(passed, interval.inSeconds)))
            guard share > 0 else { continue }
            let left = Double(column) * slot + slot * 0.1
            // A short contact is a contact: it shows at any scale.
            let upper = tenths(min(scale.y(share), Double(height) - 2))
            let right = tenths(left + slot * 0.8)
            fill += "M\(tenths(left)) \(height)V\(upper)H\(right)V\(height)Z"
        }
        return Self(line: "", fill: fill, gaps: "", isEmpty: values.points.isEmpty)
    }

    /// From time and value to the view box.
    private struct Scale {
        let range: TimeRange
        let top: Double

        init(range: TimeRange, top: Double) {
            self.range = range
            self.top = top > 0 && top.isFinite ? top : 1
        }

        func x(_ at: Timestamp) -> Double {
            let share = (at - range.from).inSeconds / range.length.inSeconds
            return min(max(share, 0), 1) * Double(width)
        }

        func y(_ value: Double) -> Double {
            let share = min(max(value / top, 0), 1)
            return Double(height) - share * Double(height - headroom)
        }
    }

    private static func paths(
        _ run: [(at: Timestamp, value: Double)],
        _ scale: Scale
    ) -> (line: String, fill: String) {
        guard let first = run.first, let last = run.last else { return ("", "") }
        let corners = run.map { "\(tenths(scale.x($0.at))) \(tenths(scale.y($0.value)))" }
        guard run.count > 1 else {
            // A lone point is a dash: a line needs a length to be seen.
            let x = scale.x(first.at)
            return ("M\(tenths(max(x - 1, 0))) \(tenths(scale.y(first.value)))h2", "")
        }
        let path = corners.joined(separator: "L")
        let right = tenths(scale.x(last.at))
        let left = tenths(scale.x(first.at))
        return ("M\(path)", "M\(left) \(height)L\(path)L\(right) \(height)Z")
    }

    private static func gaps(
        around runs: [[(at: Timestamp, value: Double)]],
        longest: Duration,
        until: Timestamp,
        _ scale: Scale
    ) -> String {
        var edges: [(from: Timestamp, to: Timestamp)] = []
        var end = scale.range.from
        for run in runs {
            if let first = run.first, let last = run.last {
                edges.append((end, first.at))
                end = last.at
            }
        }
        edges.append((end, until))
        return edges.filter { $0.to - $0.from > longest }.map { from, to in
            "M\(tenths(scale.x(from))) 0H\(tenths(scale.x(to)))V\(height)H\(tenths(scale.x(from)))Z"
        }.joined()
    }

    /// Of each chunk of neighbours the lowest and the highest, in their order: no peak is lost.
    private static func thinned(
        _ points: [(at: Timestamp, value: Double)]
    ) -> [(at: Timestamp, value: Double)] {
        guard points.count > maximumPoints else { return points }
        let chunks = maximumPoints / 2
        return (0..<chunks).flatMap { chunk in
            let slice = points[points.count * chunk / chunks..<points.count * (chunk + 1) / chunks]
            let lowest = slice.indices.min { slice[$0].value < slice[$1].value }
            let highest = slice.indices.max { slice[$0].value < slice[$1].value }
            return Set([lowest, highest].compactMap(\.self)).sorted().map { slice[$0] }
        }
    }

    /// Rounded to a tenth, without needless zeros.
    private static func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return scaled % 10 == 0 ? "\(scaled / 10)" : "\(scaled / 10).\(scaled % 10)"
    }
}
