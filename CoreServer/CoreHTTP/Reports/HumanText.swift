import CoreDomain
import FleetModel

/// Numbers and times as people read them: decimal units, English, UTC. Unknown is `–`.
enum HumanText {
    static let unknown = "–"

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `12.4 MB`, in powers of 1000 as links are billed.
    static func bytes(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var scaled = value
        var unit = 0
        // 999.5 would print as 1000 of the smaller unit.
        while abs(scaled) >= 999.5, unit < units.count - 1 {
            scaled /= 1000
            unit += 1
        }
        let places = unit == 0 || abs(scaled) >= 99.95 ? 0 : 1
        return "\(decimal(scaled, places: places)) \(units[unit])"
    }

    static func bytes(_ value: Int64) -> String { bytes(Double(value)) }

    /// `1.2 MB/s`.
    static func rate(_ bytesPerSecond: Double?) -> String {
        guard let bytesPerSecond, bytesPerSecond.isFinite else { return unknown }
        return "\(bytes(bytesPerSecond))/s"
    }

    /// `42 %` of a share 0…1. One decimal near both ends, and never rounded to 0 or 100 from beside
    /// it: 99.98 % of availability is not all of it.
    static func percent(_ share: Double?) -> String {
        guard let share, share.isFinite else { return unknown }
        if share <= 0 { return "0 %" }
        if share == 1 { return "100 %" }
        if share < 0.0005 { return "< 0.1 %" }
        if share > 0.9995, share < 1 { return "99.9 %" }
        let places = share < 0.0995 || (share >= 0.9 && share < 1) ? 1 : 0
        return "\(decimal(share * 100, places: places)) %"
    }

    /// What is left of samples that were thinned.
    static func rung(_ rung: Rung) -> String {
        switch rung {
        case .raw: "samples"
        case .oneMinute: "rollups of 1 min"
        case .fiveMinutes: "rollups of 5 min"
        case .quarterHour: "rollups of 15 min"
        case .counts: "hourly counts"
        }
    }

    /// `1,204,233`.
    static func count(_ value: some FixedWidthInteger) -> String {
        var groups: [Substring] = []
        var digits = Substring(String(value.magnitude))
        while !digits.isEmpty {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (value < 0 ? "−" : "") + groups.joined(separator: ",")
    }

    /// `1 ship`, `4 ships`.
    static func count(_ value: some FixedWidthInteger, of noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// In the largest unit of which there are two: `40 s`, `3 min`, `36 h`, `7 d`.
    static func duration(_ duration: Duration) -> String {
        // Of a clock that is as wrong as can be there is no absolute value before the division.
        let seconds = abs(duration.milliseconds / 1000)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200 where seconds != 3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(count(seconds / 86_400)) d"
        }
    }

    /// `3 min ago`.
    static func ago(_ moment: Timestamp, now: Timestamp) -> String {
        let passed = now - moment
        return passed < .seconds(60) ? "just now" : "\(duration(passed)) ago"
    }

    /// `21 Nov 2026 12:22`.
    static func date(_ moment: Timestamp) -> String {
        let parts = parts(moment)
        return "\(parts.day) \(parts.month) \(parts.year) \(parts.time)"
    }

    /// `21 Nov 12:22`, where the year is plain.
    static func shortDate(_ moment: Timestamp) -> String {
        let parts = parts(moment)
        return "\(parts.day) \(parts.month) \(parts.time)"
    }

    /// `4.2 s ahead`; `exact` within a tenth of a second.
    static func clock(_ offset: Duration?) -> String {
        guard let offset else { return unknown }
        if offset.milliseconds.magnitude < 100 { return "exact" }
        let size = abs(offset.inSeconds)
        let text = size < 60 ? "\(decimal(size, places: 1)) s" : duration(offset)
        return "\(text) \(offset > .zero ? "ahead" : "behind")"
    }

    /// With so many decimals, rounded. Beyond what an `Int64` holds, as Swift writes it.
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return unknown }
        let factor = (0..<places).reduce(1) { factor, _ in factor * 10 }
        let scaled = (abs(value) * Double(factor)).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = Int64(scaled)
        let sign = value < 0 && whole > 0 ? "−" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        let fraction = String(whole % Int64(factor))
        let zeros = String(repeating: "0", count: places - fraction.count)
        return "\(sign)\(whole / Int64(factor)).\(zeros)\(fraction)"
    }

    private static func parts(
        _ moment: Timestamp
    ) -> (year: Int64, month: String, day: Int64, time: Substring) {
        let dayNumber = moment.floored(to: .seconds(86_400)).milliseconds / 86_400_000
        let (year, month, day) = CivilDate.of(dayNumber: dayNumber)
        // RFC 3339 has the time at a fixed distance from its end: `THH:MM:SS.mmmZ`.
        let time = moment.description.suffix(13).prefix(5)
        return (year, months[Int(month - 1) % months.count], day, time)
    }

    /// `54.3232° N 10.1354° E`: a ten-thousandth of a degree is 11 m.
    static func place(_ position: ShipPosition) -> String {
        func degrees(_ value: Double, _ positive: String, _ negative: String) -> String {
            let tenThousandths = Int((abs(value) * 10_000).rounded())
            let fraction = "\(tenThousandths % 10_000)"
            let zeros = String(repeating: "0", count: 4 - fraction.count)
            return
                "\(tenThousandths / 10_000).\(zeros)\(fraction)° \(value < 0 ? negative : positive)"
        }
        return "\(degrees(position.latitude, "N", "S")) \(degrees(position.longitude, "E", "W"))"
    }
}
