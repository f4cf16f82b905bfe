import Glibc

/// Seconds that a processor has spent on this process: what another process does beside it counts less
/// than on a clock.
enum ProcessorTime {
    static var seconds: Double {
        // In millionths on every system of POSIX; the macro is not visible to Swift.
        Double(clock()) / 1_000_000
    }
}
