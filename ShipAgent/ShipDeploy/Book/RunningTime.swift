import FleetModel

/// How long a version has run, counted so that neither a clock that is set nor an agent or a machine that
/// was down deceives it.
///
/// While the machine runs, its own uptime counts, whatever the time of day does. Over a start of the machine
/// only the time of day can tell: it counts at least as much as the uptime since, so that a clock that was set
/// back can't stretch the time for ever; and a clock that was set ahead can't end it before the version had
/// one more chance, see `isOver`.
package struct RunningTime: Codable, Sendable, Equatable {
    /// Milliseconds counted up to the mark.
    private var counted: Int64 = 0
    private var boot: String
    private var uptime: Int64
    private var wall: Int64
    /// Starts of the machine since it began.
    private(set) var restarts = 0

    /// Starts of the machine that leave a version a chance of its own. More of them may be its doing.
    static let patience = 3

    package init(from moment: Moment) {
        boot = moment.boot
        uptime = moment.uptime
        wall = moment.wall.milliseconds
    }

    /// Milliseconds from the beginning to a moment.
    package func milliseconds(at moment: Moment) -> Int64 {
        guard moment.boot != boot else { return counted + max(0, moment.uptime - uptime) }
        let (told, isTooMuch) = moment.wall.milliseconds.subtractingReportingOverflow(wall)
        let gap = isTooMuch ? 0 : max(told, moment.uptime)
        let (sum, isTooLong) = counted.addingReportingOverflow(gap)
        return isTooLong ? .max : sum
    }

    /// Counts up to a moment, and goes on from there. What a start of the machine may have taken from a wrong
    /// clock is bounded by writing this down now and then.
    package mutating func mark(at moment: Moment) {
        counted = milliseconds(at: moment)
        if moment.boot != boot { restarts += 1 }
        boot = moment.boot
        uptime = moment.uptime
        wall = moment.wall.milliseconds
    }

    /// Whether `seconds` are over. After a start of the machine, for the first few, not before it has run
    /// for `grace` seconds.
    package func isOver(seconds: UInt32, grace: UInt32, at moment: Moment) -> Bool {
        guard milliseconds(at: moment) >= Int64(seconds) * 1000 else { return false }
        let restarts = restarts + (moment.boot == boot ? 0 : 1)
        guard 1...Self.patience ~= restarts else { return true }
        return moment.uptime >= Int64(min(grace, seconds)) * 1000
    }
}
