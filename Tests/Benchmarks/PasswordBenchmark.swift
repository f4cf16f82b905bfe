import ArgumentParser
import CoreDomain
import FleetModel
import FleetRuntime

/// What one check of a password costs.
struct PasswordBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "The time that one check of a password takes on one core, by scrypt's parameters."
    )

    @Option(help: "Checks of each.")
    var checks = 15

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard (1...1000).contains(checks) else { throw CommandError("--checks is 1 to 1000") }
        var figures = Figures(title: "A password's check, milliseconds of one core")
        let standard = PasswordHash.Cost.standard
        for (logRounds, parallelism) in [(14, 5), (15, 1), (15, 3), (16, 2), (17, 1)] {
            let cost = PasswordHash.Cost(
                logRounds: logRounds,
                blockSize: 8,
                parallelism: parallelism
            )
            let hash = try PasswordHash(of: "a long enough one", cost: cost)
            var times: [Double] = []
            for _ in 0..<checks {
                let before = ProcessorTime.seconds
                guard hash.matches("a long enough one") else {
                    throw CommandError("a password does not match its own hash")
                }
                times.append((ProcessorTime.seconds - before) * 1000)
            }
            times.sort()
            figures.add(
                "ln_\(logRounds)_r_8_p_\(parallelism)",
                times[times.count / 2],
                decimals: 1,
                note: "least \(Figures.text(times[0], decimals: 1))"
                    + (cost == standard ? ", what Hawser does" : "")
            )
        }
        figures.print(json: json)
    }
}
