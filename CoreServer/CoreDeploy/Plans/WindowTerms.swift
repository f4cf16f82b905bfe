import CoreDomain
import FleetDeploy

/// A `LocalWindow` as the API and the tables have it: `{"days": ["sat"], "start": "22:00", "minutes": 480}`.
package struct WindowTerms: Codable, Sendable, Hashable {
    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Every day where there is none.
    package var days: [String]?
    /// By the ship's clock.
    package var start: String
    package var minutes: Int

    static func windows(_ terms: [WindowTerms]) throws(DomainError) -> [LocalWindow] {
        guard terms.count <= ActivationRule.windowLimit else {
            throw DomainError(.invalid, "at most \(ActivationRule.windowLimit) windows")
        }
        var windows: [LocalWindow] = []
        for term in terms { windows.append(try term.window()) }
        return windows
    }

    private func window() throws(DomainError) -> LocalWindow {
        var weekdays: UInt8 = 0
        for day in days ?? Self.names {
            guard let bit = Self.names.firstIndex(of: day) else { throw Self.malformed }
            weekdays |= 1 << UInt8(bit)
        }
        let parts = start.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), 0...23 ~= hour,
            0...59 ~= minute,
            let window = LocalWindow(
                weekdays: weekdays,
                start: hour * 60 + minute,
                length: minutes
            )
        else { throw Self.malformed }
        return window
    }

    private static let malformed = DomainError(
        .invalid,
        "a window is {\"days\": [\"sat\", \"sun\"], \"start\": \"22:00\", \"minutes\": 480}"
    )
}
