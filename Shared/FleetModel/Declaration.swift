/// A ship's word on samples that it gave up, or thinned: which, how many, to what, and why.
///
/// Summed over a lane, the samples that left the rung `raw`, less those that came back, are the
/// ledger's `degraded` and `lost` together.
package struct Declaration: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// More than the budget that can be foreseen can carry.
        case budget
        /// The ship's disk, or its share for waiting data, is full.
        case disk
        /// Older than data may wait.
        case age
        /// Not accepted, for this reason.
        case refused(String)
        /// Acknowledged by a shore that then lost it, and no longer aboard.
        case restored
        /// The shore asked for it, and it was still aboard.
        case recalled
    }

    package let lane: Lane
    package let from: Timestamp
    /// Behind the last: the range is half-open.
    package let to: Timestamp
    /// Which series; `nil` for all.
    package let series: ClosedRange<SeriesNumber>?
    /// What was there before.
    package let was: Rung
    /// What is left; `nil` when nothing is.
    package let rung: Rung?
    /// Raw samples that are meant, whatever rung they were on.
    package let samples: UInt64
    package let reason: Reason
    /// When it was decided, by the ship's clock.
    package let at: Timestamp

    package init(
        lane: Lane,
        from: Timestamp,
        to: Timestamp,
        series: ClosedRange<SeriesNumber>? = nil,
        was: Rung = .raw,
        rung: Rung?,
        samples: UInt64,
        reason: Reason,
        at: Timestamp
    ) {
        self.lane = lane
        self.from = from
        self.to = to
        self.series = series
        self.was = was
        self.rung = rung
        self.samples = samples
        self.reason = reason
        self.at = at
    }

    /// A negative declaration: the samples are raw again, on their way ashore.
    package var isRecall: Bool { rung == .raw }
}
