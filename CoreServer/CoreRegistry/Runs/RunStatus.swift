/// How a run stands, by MLflow's names and numbers.
package enum RunStatus: Int64, Sendable, CaseIterable {
    case running = 1
    case scheduled = 2
    case finished = 3
    case failed = 4
    case killed = 5

    package var word: String {
        switch self {
        case .running: "RUNNING"
        case .scheduled: "SCHEDULED"
        case .finished: "FINISHED"
        case .failed: "FAILED"
        case .killed: "KILLED"
        }
    }
}
