import FleetDeploy
import FleetModel

/// What was said aboard of the ship's situation, as it is kept.
package struct KnownFacts: Codable, Sendable, Equatable {
    package static let factKey = "ship_facts"
    /// Hands that were promised once are not there for ever.
    package static let longestAttendance: Int64 = 7 * 86_400_000
    package static let labelLimit = 32

    private var navigation: UInt8?
    /// Milliseconds since 1970.
    private var knownAt: Int64?
    private var zoneMinutes = 0
    private var attendedFrom: Int64?
    private var attendedUntil: Int64?
    private var labels: [String: String] = [:]

    package init() {}

    /// The facts at a moment: attendance ends by itself.
    package func facts(at now: Timestamp) -> ShipFacts {
        var isAttended = false
        if let attendedFrom, let attendedUntil {
            isAttended = attendedFrom <= now.milliseconds && now.milliseconds < attendedUntil
        }
        return ShipFacts(
            navigation: navigation.flatMap(ShipFacts.Navigation.init),
            knownAt: knownAt.map { Timestamp(milliseconds: $0) },
            zoneMinutes: zoneMinutes,
            isAttended: isAttended,
            labels: labels
        )
    }

    package var said: Timestamp? { knownAt.map { Timestamp(milliseconds: $0) } }

    /// Takes `navigation=in_port`, `zone=+02:00`, `attended=8h`, `attended=no`, or a label such as
    /// `machinery=stopped` (`machinery=` takes it away).
    ///
    /// - Returns: what is wrong with it; `nil` if it was taken.
    package mutating func take(_ text: String, at now: Timestamp) -> String? {
        guard let equals = text.firstIndex(of: "=") else {
            return "write it as NAME=VALUE: \(text)"
        }
        let name = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        switch name {
        case "navigation":
            let known = ShipFacts.Navigation.allCases.first { $0.description == value }
            guard known != nil || value == "unknown" else {
                return "navigation is under_way, at_anchor, in_port or unknown, not \(value)"
            }
            navigation = known?.rawValue
            knownAt = now.milliseconds
        case "zone":
            guard let minutes = Self.zone(value) else {
                return "a zone is the ship's time less UTC, such as +02:00, not \(value)"
            }
            zoneMinutes = minutes
        case "attended":
            guard let length = Self.attendance(value) else {
                return "attended is no, or a time of at most 7 days such as 8h, not \(value)"
            }
            attendedFrom = length == 0 ? nil : now.milliseconds
            attendedUntil = length == 0 ? nil : now.milliseconds + length
        default:
            guard 1...64 ~= name.utf8.count, value.utf8.count <= 64,
                (name + value).unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return "a label's name and value have at most 64 bytes" }
            guard !value.isEmpty else {
                labels[name] = nil
                return nil
            }
            guard labels[name] != nil || labels.count < Self.labelLimit else {
                return "there are \(labels.count) labels already: take one away with NAME="
            }
            labels[name] = value
        }
        return nil
    }

    /// `+02:00`, `-03:30`, `Z`.
    private static func zone(_ text: String) -> Int? {
        if text == "Z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), 0...14 ~= hours, 0...59 ~= minutes
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func attendance(_ text: String) -> Int64? {
        if text == "no" { return 0 }
        guard let unit = text.last, let count = Int64(text.dropLast()), count > 0,
            let length = ["m": 60_000, "h": 3_600_000, "d": 86_400_000][unit] as Int64?,
            count <= longestAttendance / length
        else { return nil }
        return count * length
    }
}
