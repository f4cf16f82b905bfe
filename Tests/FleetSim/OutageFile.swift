import FleetTestSupport
import Glibc

/// A file whose existence takes a link away: the simplest switch a script can throw.
struct OutageFile {
    /// Often enough that a script need not wait, seldom enough to cost nothing.
    private static let interval = Duration.milliseconds(50)

    let path: String

    /// Looks at the file until the task is cancelled.
    func follow(with link: LinkEmulator) async {
        var isOut = false
        while !Task.isCancelled {
            let exists = access(path, F_OK) == 0
            if exists != isOut {
                isOut = exists
                link.setOutage(isOut)
                StandardOutput.writeLine(isOut ? "link is out" : "link is back")
            }
            // The only error is cancellation, which ends the loop.
            try? await Task.sleep(for: Self.interval)
        }
    }
}
