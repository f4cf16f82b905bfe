import ArgumentParser
import FleetRuntime

/// A duration on the command line: `600ms`, `1s`.
struct Delay: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = Quantity.duration(argument == "0" ? "0s" : argument) else {
            return nil
        }
        self.duration = duration
    }

    var description: String { Quantity.text(duration) }
}
