import FleetModel
import FleetSeries

extension SegmentText {
    static func rollups(_ bytes: [UInt8]) throws -> [String] {
        let segment = try RollupSegment.decode(bytes[...])
        let rows = segment.rows.map { row in
            var text = "rollup \(row.series) \(row.start.milliseconds) \(row.count)"
            guard case .values(let values) = row.content else { return text }
            text += " \(values.lastAt)"
            var numbers = [values.sum, values.min, values.max, values.last]
            if let counter = values.counter { numbers += [counter.first, counter.carried] }
            for number in numbers {
                let digits = String(number.bitPattern, radix: 16)
                text += " " + String(repeating: "0", count: 16 - digits.count) + digits
            }
            if values.sketch?.isCollapsed == true { text += " collapsed" }
            for bin in values.sketch?.bins ?? [] { text += " \(bin.key.rawValue):\(bin.count)" }
            return text
        }
        return ["rollups \(segment.rung.rawValue) \(segment.watermark)"] + rows
    }

    static func summary(_ bytes: [UInt8]) throws -> [String] {
        let segment = try SummarySegment.decode(bytes[...])
        let declarations = segment.declarations.map { declaration in
            let series = declaration.series.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "all"
            let range = "\(declaration.from.milliseconds) \(declaration.to.milliseconds)"
            let rungs = "\(declaration.was.rawValue) \(declaration.rung?.rawValue ?? 255)"
            let reason =
                if case .refused(let text) = declaration.reason { "refused:\(text)" } else {
                    "\(declaration.reason)"
                }
            return "declaration \(declaration.lane.rawValue) \(range) \(series) \(rungs) "
                + "\(declaration.samples) \(reason) \(declaration.at.milliseconds)"
        }
        let accounts = segment.accounts.map {
            "account \($0.lane.rawValue) \($0.day) \($0.produced) \($0.degraded) \($0.lost)"
        }
        let links = segment.links.map {
            "link \($0.linkClass) \($0.from.milliseconds) \($0.to.milliseconds) \($0.bytesUp) "
                + "\($0.bytesDown) \($0.connected.milliseconds) \($0.costMicros) \($0.currency)"
        }
        return declarations + accounts + links
    }
}
