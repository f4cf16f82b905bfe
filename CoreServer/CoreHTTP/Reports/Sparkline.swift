import CoreDomain
import FleetModel

/// A line in one row of text: `▁▂▃▅█`, with a dot where there are no data.
enum Sparkline {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let gap: Character = "·"

    /// Shares 0…1 over the range in so many characters, each the mean of its column.
    static func shares(_ line: ShipReport.Line, range: TimeRange, width: Int) -> String {
        var sums = [Double](repeating: 0, count: width)
        var counts = [Int](repeating: 0, count: width)
        let length = range.length.inSeconds / Double(width)
        for point in line.finite.points where point.at < range.to {
            let column = Int(max(0, (point.at - range.from).inSeconds) / length)
            sums[min(column, width - 1)] += point.value
            counts[min(column, width - 1)] += 1
        }
        return String(
            zip(sums, counts).map { sum, count in
                guard count > 0 else { return gap }
                let share = min(max(sum / Double(count), 0), 1)
                return blocks[min(Int(share * Double(blocks.count)), blocks.count - 1)]
            }
        )
    }
}
