/// What one ship of a wave says about the version.
package enum EvidenceClass: String, Sendable, CaseIterable, Codable {
    /// The wave is open to it, and it did not come since.
    case neverContacted = "never_contacted"
    /// It has the order; nothing has come of it so far.
    case inProgress = "in_progress"
    /// Succeeded, and too little is known of the time since.
    case settling
    /// Succeeded, still runs it, and is known to have for the whole soak.
    case proven
    /// Failed before anything was changed aboard.
    case unchanged
    /// Failed, and runs what it ran before.
    case rolledBack = "rolled_back"
    /// Failed, and is left without a version that is known to work.
    case stranded
    case refused
    /// Canceled, superseded, or something else runs there by now: it is no ship of the wave any more.
    case withdrawn
    /// The shore has given up on knowing.
    case inconclusive
    /// It may have activated, and was not heard of since for longer than is usual for it.
    case silent
}
