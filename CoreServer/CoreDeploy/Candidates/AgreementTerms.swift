import CoreDomain
import FleetModel

/// How well a candidate in the shadow has to agree with its champion before it takes the champion's place:
/// looked at over all ships when a promotion is planned, and of each ship before it gets the order.
package struct AgreementTerms: Codable, Sendable, Hashable {
    /// Of the values of the same moments; 0.95 where it is not said.
    package var share: Double?
    /// Values that were compared, of each ship; 100 where it is not said, 0 to ask for none.
    package var minimum: Int64?
    /// Of the newest days, by the ship's clock; 30 where it is not said.
    package var days: Int?

    private var wanted: (share: Double, minimum: Int64) { (share ?? 0.95, minimum ?? 100) }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        guard share.map({ $0 >= 0 && $0 <= 1 }) ?? true,
            minimum.map({ 0...1_000_000_000_000 ~= $0 }) ?? true,
            days.map({ 1...1000 ~= $0 }) ?? true
        else {
            throw DomainError(
                .invalid,
                "'agreement' is {\"share\": 0 to 1, \"minimum\": values, \"days\": 1 to 1000}"
            )
        }
    }

    /// The first day that counts, since 1970.
    func firstDay(at now: Timestamp) -> Int32 {
        Int32(clamping: now.milliseconds / 86_400_000 - Int64(days ?? 30))
    }

    /// What is missing, for people; `nil` if nothing is.
    func objection(agreeing: Int64, disagreeing: Int64) -> String? {
        let (share, minimum) = wanted
        let (count, overflow) = agreeing.addingReportingOverflow(disagreeing)
        guard !overflow, count >= minimum else {
            return "\(count) values were compared, \(minimum) have to be"
        }
        guard count == 0 || Double(agreeing) >= share * Double(count) else {
            return "champion and candidate agree in \(agreeing) of \(count) values: less than "
                + "\(share * 100) %"
        }
        return nil
    }
}
