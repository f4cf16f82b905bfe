/// A job that this process may work on until its lease ends.
package struct JobClaim: Sendable {
    package let job: Job
    /// This attempt, counted from 1 since the last success.
    package let attempt: Int32
}
