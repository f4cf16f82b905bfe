import CoreDeploy
import FleetModel

/// A shore's way to let a version out and to stop it, over ships counted from 0.
package protocol RolloutPolicy: AnyObject {
    var name: String { get }
    /// - Parameters:
    ///   - waves: ships in the order in which they are to get it.
    ///   - usualSilences: by ship, from its link history.
    func begin(waves: [[Int]], usualSilences: [Duration?], version: SimulatedVersion, at now: Int64)
    /// Whether the ship gets the order at this contact.
    func releases(_ ship: Int, at now: Int64) -> Bool
    func released(_ ship: Int, activation: UInt64)
    /// - Parameter position: up to which everything that the ship ever told is here.
    func took(_ reports: [ShipReport], from ship: Int, through position: UInt64, at now: Int64)
    /// From time to time.
    func step(at now: Int64)
    var stoppedAt: Int64? { get }
    /// Whether ships that have the order are told not to carry it out, once it stopped.
    var revokes: Bool { get }
}
