/// The driver's numbers, each with its reason.
package enum PostgresLimits {
    /// One COPY message. Larger ones save no CPU; smaller ones cost a call each.
    package static let copyMessageBytes = 64 * 1024

    /// How long one attempt to connect may take: three lost SYN packets are 1 + 2 + 4 s.
    static let connectTimeout = Duration.seconds(10)

    /// Between two cancel requests for one statement. The first can come before the server has
    /// begun, and is then ignored; ten a second cost nothing.
    static let cancelInterval = Duration.milliseconds(100)

    /// Attempts to re-open a connection, and a lost listener's: from one local round trip to what
    /// an operator accepts after a database restart.
    static let reconnectFloor = Duration.milliseconds(50)
    static let reconnectCeiling = Duration.seconds(2)

    /// Attempts at one transaction. With half of all attempts failing, 10 in a row fail for one
    /// transaction in a thousand.
    package static let transactionAttempts = 10

    /// Between attempts at a transaction: from about one transaction's length upwards.
    static let retryFloor = Duration.milliseconds(5)
    static let retryCeiling = Duration.milliseconds(500)

    /// A transaction that its program left open and idle holds locks and stops vacuum. Bodies only
    /// compute between statements, so this long means that the process is frozen.
    static let idleInTransaction = Duration.seconds(300)

    /// How long borrowers may finish at shutdown before their statements are cancelled.
    package static let drainTimeout = Duration.seconds(10)

    /// Stack of a connection's thread: bodies parse and encode on it, Swift's own threads have 512 kB.
    static let threadStackBytes = 2 * 1024 * 1024
}
