import FleetModel

/// Where a ship's account of a lane and the shore's do not agree.
package struct LedgerDifference: Sendable, Equatable {
    /// Raw values are table values and metric labels.
    package enum Kind: String, CaseIterable, Sendable {
        /// The ship's own account does not add up.
        case unbalanced
        /// The ship was told that more was stored than is here: the shore lost something, or the
        /// account was changed.
        case missingAshore = "missing_ashore"
        /// More is here than the ship says it sent.
        case surplusAshore = "surplus_ashore"
        /// Samples were thinned, and no declaration says which.
        case undeclared
        /// More is here of a day than the ship says it made that day.
        case dayOverfull = "day_overfull"
    }

    package let epoch: LaneEpoch
    package let lane: Lane
    package let kind: Kind
    package let records: UInt64
    package let foundAt: Timestamp
    /// When both agreed again; `nil` while they don't.
    package let resolvedAt: Timestamp?

    /// For an event and a report.
    static func sentence(_ kind: Kind, lane: Lane, records: UInt64) -> String {
        switch kind {
        case .unbalanced: "the ledger of \(lane) does not add up, by \(records) records"
        case .missingAshore: "\(records) records of \(lane) that the ship delivered are not ashore"
        case .surplusAshore: "\(records) records of \(lane) are ashore that the ship did not send"
        case .undeclared: "\(records) records of \(lane) were thinned without a declaration"
        case .dayOverfull:
            "\(records) records of \(lane) are ashore beyond what the ship made on their day"
        }
    }

    package var sentence: String { Self.sentence(kind, lane: lane, records: records) }
}
