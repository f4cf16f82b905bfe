import FleetDeploy
import FleetRuntime
import Glibc
import ShipDeploy

/// The keys of the configuration about what the shore may install aboard.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `deploy_directory` | path | `deployments` in `data` | where artifacts lie: one volume, with room for two versions of each |
/// | `facts_file` | path | none | what the ship's automation says of its situation: a line each as `ship-agent facts set` takes it; the file's time of change is when it was so |
/// | `slots[]` | list | none | places where an artifact runs; orders for others are refused |
/// | `slots[].name` | word | required | a–z, 0–9, `-` |
/// | `slots[].signal` | `HUP`, `USR1`, `USR2`, `INT` or `TERM` | none | the consumer is told of another version by this signal |
/// | `slots[].pid_file` | path | with `signal` | to the process in this file |
/// | `slots[].command` | list | none | the consumer is told by this command; exit code 0 is success |
/// | `slots[].timeout` | 1s…10m | `30s` | what that command, or a probe, may take |
/// | `slots[].probes[]` | list | none | commands by which the ship may judge a version |
/// | `slots[].probes[].name` | word | required | what a contract calls it |
/// | `slots[].probes[].command` | list | required | exit code 0 is fine |
/// | `slots[].comparisons[]` | list | none | series of the champion and of a candidate in the shadow that are compared |
/// | `slots[].comparisons[].champion`, `.candidate` | selector | required | `name{label="value"}` |
/// | `slots[].comparisons[].tolerance` | 0… | `0` | values this far apart agree |
/// | `slots[].anomalies[]` | list | none | series by which a contract's `anomalies_at_most` judges |
/// | `slots[].anomalies[].series` | selector | required | `name{label="value"}`: level while all is well; of all that are meant the first 32 count |
/// | `slots[].anomalies[].of` | `value` or `rate` | `value` | `rate` is what a counter grows a second |
/// | `slots[].anomalies[].deviations` | 3…100 | `6` | so many deviations from the median are an anomaly |
///
/// Commands get `HAWSER_SLOT`, `HAWSER_LINK` (the path of the link) and `HAWSER_DIGEST` in their environment.
/// Nothing of this comes from ashore: an order names a slot and its probes, and that is all.
struct DeploymentSettings: Sendable {
    let configuration: DeploymentService.Configuration

    private static let signals: [(name: String, number: Int32)] = [
        ("HUP", SIGHUP), ("USR1", SIGUSR1), ("USR2", SIGUSR2), ("INT", SIGINT), ("TERM", SIGTERM),
    ]
    /// A ship's holdings are told in 64 lines: the versions of so many slots at most.
    private static let slotLimit = 12
    private static let anomalyLimit = 8

    init(_ reader: ConfigurationReader, data: String) {
        let sections = reader.sections("slots")
        if sections.count > Self.slotLimit {
            reader.report("slots", "at most \(Self.slotLimit) slots can be given")
        }
        var seen: Set<SlotName> = []
        let slots = sections.compactMap { section -> SlotConfiguration? in
            guard let slot = Self.slot(section) else { return nil }
            if !seen.insert(slot.name).inserted {
                section.report("name", "this slot is given twice")
            }
            return slot
        }
        configuration = DeploymentService.Configuration(
            directory: reader.optionalPath("deploy_directory") ?? data + "/deployments",
            slots: slots,
            factsFile: reader.optionalPath("facts_file")
        )
    }

    private static func slot(_ section: ConfigurationReader) -> SlotConfiguration? {
        let name = SlotName(section.string("name"))
        if name == nil { section.report("name", "must be 1 to 64 of a-z, 0-9 and -") }
        let timeout = section.duration(
            "timeout",
            default: .seconds(30),
            range: .seconds(1) ... .seconds(600)
        )
        let consumer = consumer(section)
        var probes: [String: [String]] = [:]
        for probe in section.sections("probes") {
            let name = probe.string("name")
            let command = command("command", probe)
            if command.isEmpty { probe.report("command", "must be a program's path and its words") }
            if probes.updateValue(command, forKey: name) != nil {
                probe.report("name", "this probe is given twice")
            }
        }
        let comparisons = section.sections("comparisons").compactMap(comparison)
        let anomalies = section.sections("anomalies").compactMap(anomalySource)
        if anomalies.count > Self.anomalyLimit {
            section.report("anomalies", "at most \(Self.anomalyLimit) can be given")
        }
        guard let name else { return nil }
        return SlotConfiguration(
            name: name,
            consumer: consumer,
            probes: probes,
            comparisons: comparisons,
            anomalies: anomalies,
            timeout: timeout
        )
    }

    private static func consumer(_ section: ConfigurationReader) -> SlotConfiguration.Consumer {
        let command = command("command", section)
        let pidFile = section.optionalPath("pid_file")
        let signal = section.optionalString("signal")
        if !command.isEmpty {
            if signal != nil { section.report("signal", "give a signal or a command, not both") }
            return .command(command)
        }
        guard let signal else {
            if pidFile != nil { section.report("pid_file", "needs a signal") }
            return .none
        }
        guard let number = signals.first(where: { $0.name == signal })?.number else {
            let names = signals.map(\.name).joined(separator: ", ")
            section.report("signal", "must be one of \(names)")
            return .none
        }
        guard let pidFile else {
            section.report("pid_file", "is needed with a signal")
            return .none
        }
        return .signal(number, pidFile: pidFile)
    }

    private static func command(_ key: String, _ section: ConfigurationReader) -> [String] {
        let words = section.strings(key)
        if let program = words.first, !program.hasPrefix("/") {
            section.report(key, "must begin with the whole path of a program")
        }
        return words
    }

    private static func comparison(
        _ section: ConfigurationReader
    ) -> SlotConfiguration.Comparison? {
        func selector(_ key: String) -> MetricSelector? {
            let selector = MetricSelector(section.string(key))
            if selector == nil { section.report(key, "must be name{label=\"value\"}") }
            return selector
        }
        let champion = selector("champion")
        let candidate = selector("candidate")
        let tolerance = section.number(
            "tolerance",
            default: 0,
            range: 0...(.greatestFiniteMagnitude)
        )
        guard let champion, let candidate else { return nil }
        return SlotConfiguration.Comparison(
            champion: champion,
            candidate: candidate,
            tolerance: tolerance
        )
    }

    private static func anomalySource(
        _ section: ConfigurationReader
    ) -> SlotConfiguration.AnomalySource? {
        let series = MetricSelector(section.string("series"))
        if series == nil { section.report("series", "must be name{label=\"value\"}") }
        let kind = section.optionalString("of") ?? "value"
        if !["value", "rate"].contains(kind) { section.report("of", "must be value or rate") }
        let deviations = section.number("deviations", default: 6, range: 3...100)
        return series.map {
            SlotConfiguration.AnomalySource(
                series: $0,
                isRate: kind == "rate",
                deviations: deviations
            )
        }
    }
}
