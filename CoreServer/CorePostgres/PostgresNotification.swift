/// What a `PostgresListener` hears.
package enum PostgresNotification: Sendable, Equatable {
    /// The channel is open, for the first time or again. Whatever was sent before may have been
    /// missed, so look at the tables now.
    case listening
    /// What NOTIFY was given.
    case payload(String)
}
