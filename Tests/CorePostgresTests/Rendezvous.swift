import Dispatch

/// Lets threads wait for each other: all go on once the last has come.
final class Rendezvous: Sendable {
    private let gate = DispatchGroup()

    init(count: Int) {
        for _ in 0..<count { gate.enter() }
    }

    func arriveAndWait() {
        gate.leave()
        gate.wait()
    }
}
