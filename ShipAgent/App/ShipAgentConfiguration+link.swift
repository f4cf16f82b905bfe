import FleetModel
import FleetRuntime
import ShipDomain

/// The part of the configuration that is about links, what they cost and what may go over them.
extension ShipAgentConfiguration {
    static func link(_ reader: ConfigurationReader) -> LinkPlan {
        let sections = reader.sections("link_classes")
        let classes = sections.map(linkClass)
        var seen: Set<String> = []
        for (section, linkClass) in zip(sections, classes)
        where !seen.insert(linkClass.name).inserted {
            section.report("name", "this class is given twice")
        }
        let fallback = classes.first?.name ?? LinkClass.unlimited.name
        let name = reader.string("link_class", default: fallback)
        if !classes.isEmpty, !seen.contains(name) {
            reader.report("link_class", "must be the name of one of link_classes")
        }
        return LinkPlan(
            classes: classes,
            defaultClass: name,
            classFile: reader.optionalPath("link_class_file"),
            windows: reader.sections("windows").map(window)
        )
    }

    static func limits(_ reader: ConfigurationReader) -> Thinner.Limits {
        Thinner.Limits(
            horizon: reader.duration(
                "budget_horizon",
                default: .seconds(7 * 86_400),
                range: .seconds(3600) ... .seconds(90 * 86_400)
            ),
            backlogShare: reader.number("backlog_share", default: 0.2, range: 0...0.9),
            storeBytes: UInt64(
                reader.byteCount("store_max_bytes", default: 4 << 30, range: (16 << 20)...(1 << 50))
            ),
            archiveBytes: UInt64(
                reader.byteCount("archive_bytes", default: 256 << 20, range: 0...(1 << 50))
            )
        )
    }

    private static func linkClass(_ reader: ConfigurationReader) -> LinkClass {
        let name = reader.string("name")
        if name.isEmpty || name.utf8.count > 64 || name.contains(where: \.isWhitespace) {
            reader.report("name", "must be a word of at most 64 bytes")
        }
        let rate = reader.has("rate") ? reader.byteCount("rate", range: 100...(1 << 40)) : nil
        let daily =
            reader.has("daily_bytes")
            ? reader.byteCount("daily_bytes", range: 10_000...(1 << 50)) : nil
        var laneBytes: [Lane: UInt64] = [:]
        for (word, text) in reader.map("lane_bytes") {
            guard let lane = Lane(word), let bytes = Quantity.byteCount(text) else {
                reader.report("lane_bytes", "must be sizes by lane, such as logs: 1MB, not \(word)")
                continue
            }
            laneBytes[lane] = UInt64(bytes)
        }
        let price = reader.number("price_per_mb", default: 0, range: 0...1_000_000)
        return LinkClass(
            name: name,
            rate: rate,
            microsPerMegabyte: UInt64(price * 1_000_000),
            currency: reader.string("currency", default: ""),
            lanes: reader.has("lanes") ? lanes(reader) : Set(Lane.allCases),
            dailyBytes: daily.map(UInt64.init),
            laneBytes: laneBytes,
            interfaces: reader.strings("interfaces"),
            isPort: reader.bool("port", default: false)
        )
    }

    private static func window(_ reader: ConfigurationReader) -> DailyWindow {
        func minute(_ key: String) -> Int {
            reader.parsed(key, expected: "a time of the day such as 01:30") {
                DailyWindow.minute($0)
            } ?? 0
        }
        let window = DailyWindow(from: minute("from"), to: minute("to"), lanes: lanes(reader))
        if window.lanes.isEmpty { reader.report("lanes", "must name at least one lane") }
        if window.lanes.contains(.events) || window.lanes.contains(.catalogue) {
            reader.report("lanes", "events and the catalogue never wait for a window")
        }
        return window
    }

    private static func lanes(_ reader: ConfigurationReader) -> Set<Lane> {
        var lanes: Set<Lane> = []
        for word in reader.strings("lanes") {
            guard let lane = Lane(word) else {
                let words = Lane.inOrder.map { "\($0)" }.joined(separator: ", ")
                reader.report("lanes", "\(word) is none of \(words)")
                continue
            }
            lanes.insert(lane)
        }
        return lanes
    }
}

extension Lane {
    /// By its name.
    fileprivate init?(_ word: String) {
        guard let lane = Lane.allCases.first(where: { "\($0)" == word }) else { return nil }
        self = lane
    }
}
