import ArgumentParser
import FleetRuntime
import RolloutSimulation

/// When a bad version is stopped, by our gate and by others'.
struct WavesBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waves",
        abstract: "Stop rules on the same simulated ships: Hawser's, hawkBit's and AWS IoT's.",
        discussion: """
            Ships with voyages, links and outages of weeks, in virtual time; every rule gets the same. \
            Then years of a large fleet under our own rule, one version after the other, with what must \
            never happen counted.
            """
    )

    @Option(help: "Ships of the comparison.")
    var ships = 1000

    @Option(help: "Fleets that each rule is tried on.")
    var fleets = 10

    @Option(help: "The first fleet's seed.")
    var seed: UInt64 = 1

    @Option(help: "Days that a version is given.")
    var days: Int64 = 240

    @Option(help: "Ships of the years.")
    var yearsShips = 10_000

    @Option(help: "Versions of the years, 120 days each.")
    var versions = 10

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard 10...100_000 ~= ships, 1...1000 ~= fleets, 1...3650 ~= days, 1...250 ~= versions,
            10...100_000 ~= yearsShips
        else { throw CommandError("ships are 10 to 100,000, fleets 1 to 1000, versions 1 to 250") }
        let comparison = RolloutComparison(
            ships: ships,
            days: days,
            seeds: (0..<UInt64(fleets)).map { seed &+ $0 }
        )
        let lines = RolloutScenario.compared.flatMap { comparison.lines($0) }
        let years = FleetYears(seed: seed, ships: yearsShips, days: 120, versions: versions).run()
            .map(\.result)
        let aborts = AbortForecast(ships: ships, seeds: comparison.seeds).lines()
        StandardStreams.out(json ? object(lines, years, aborts) : table(lines, years, aborts))
    }

    private func object(
        _ lines: [RolloutComparison.Line],
        _ years: [RolloutResult],
        _ aborts: [AbortForecast.Line]
    ) -> String {
        let rows = lines.map { line in
            """
            {"scenario":"\(line.scenario)","rule":"\(line.policy)","runs":\(line.runs),\
            "harmed":\(line.harmed),"stopped":\(line.stopped),"held":\(line.held),\
            "done":\(line.done),"days_to_stop":\(Self.plain(line.daysToStop)),\
            "days_to_done":\(Self.plain(line.daysToDone)),\
            "activated_after_stop":\(line.activatedAfterStop),\
            "predicted_after_stop":\(line.predictedAfterStop)}
            """
        }
        let aborted = aborts.map { line in
            """
            {"days":\(line.days),"runs":\(line.runs),"may_activate":\(line.mayActivate),\
            "foretold":\(line.foretold),"activated":\(line.activated),"worst":\(line.worst)}
            """
        }
        let counted = totals(years).map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return """
            {"seed":\(seed),"ships":\(ships),"days":\(days),"rules":[\(rows.joined(separator: ","))],\
            "aborts":[\(aborted.joined(separator: ","))],"years":{\(counted)}}
            """
    }

    private static func plain(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }

    private func totals(_ years: [RolloutResult]) -> [(key: String, value: Int)] {
        func sum(_ value: (RolloutResult) -> Int) -> Int { years.reduce(0) { $0 + value($1) } }
        return [
            ("ships", yearsShips), ("days", years.count * 120), ("contacts", sum(\.contacts)),
            ("activations", sum(\.activated)), ("harmed", sum(\.harmed)),
            ("stopped", years.count { $0.isStopped }), ("held", years.count { $0.isHeld }),
            ("ships_of_unknown_state", sum(\.unknown)),
            ("activations_in_a_forbidden_place", sum(\.forbidden)),
            ("ships_that_the_shore_thought_allowed", sum(\.shoreWasWrong)),
            ("activations_after_a_stop", sum(\.activatedAfterStop)),
            ("of_those_predicted", Int(years.reduce(0) { $0 + $1.predictedAfterStop }.rounded())),
            ("of_those_despite_a_contact", sum(\.activatedDespiteContact)),
        ]
    }

    private func table(
        _ lines: [RolloutComparison.Line],
        _ years: [RolloutResult],
        _ aborts: [AbortForecast.Line]
    ) -> String {
        var rows = [
            [
                "", "ships harmed", "stopped", "held", "done", "days to stop", "days to done",
                "after stop", "foretold",
            ]
        ]
        var scenario = ""
        for line in lines {
            if line.scenario != scenario {
                scenario = line.scenario
                rows.append([scenario] + Array(repeating: "", count: 8))
            }
            rows.append([
                "  " + line.policy, Figures.text(line.harmed, decimals: 1),
                "\(line.stopped)/\(line.runs)", "\(line.held)/\(line.runs)",
                "\(line.done)/\(line.runs)",
                line.daysToStop.map { Figures.text($0, decimals: 1) } ?? "-",
                line.daysToDone.map { Figures.text($0, decimals: 1) } ?? "-",
                "\(line.activatedAfterStop)",
                Figures.text(line.predictedAfterStop, decimals: 1),
            ])
        }
        let widths = (0..<9).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let text = rows.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + gap : gap + cell
            }.joined(separator: "  ")
        }
        var figures = Figures(
            title: "\(yearsShips) ships over \(years.count * 120) days, a version every 120 days"
        )
        for (key, value) in totals(years) { figures.add(key, Double(value)) }
        let head = "\(ships) ships, \(days) days, \(fleets) fleets from seed \(seed)"
        var foretold = Figures(title: "ships that activate before an abort reaches them")
        for line in aborts {
            let name = "after_\(line.days)_days"
            foretold.add("\(name)_armed", Double(line.mayActivate))
            foretold.add("\(name)_foretold", line.foretold)
            foretold.add("\(name)_activated", Double(line.activated))
        }
        return ([head] + text).joined(separator: "\n") + "\n\n" + foretold.text + "\n\n"
            + figures.text
    }
}
