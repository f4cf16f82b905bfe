/// Exit codes of our programs, with the numbers of BSD's `sysexits.h` where it has one.
///
/// Not named `ExitCode`, which is ArgumentParser's word.
package enum CommandExitCode: Int32, Sendable {
    case success = 0
    case failure = 1
    /// The command line makes no sense.
    case usage = 64
    /// The input is damaged or not what it claims to be.
    case data = 65
    /// Something we depend on does not answer: database, shore, port in use.
    case unavailable = 69
    /// A mistake of ours.
    case software = 70
    /// A file is missing or can't be written.
    case file = 74
    /// It failed now and may succeed later.
    case temporary = 75
    /// Not allowed.
    case permission = 77
    /// The configuration is wrong; restarting will not help.
    case configuration = 78
    /// Interrupted by SIGINT.
    case interrupted = 130
}
