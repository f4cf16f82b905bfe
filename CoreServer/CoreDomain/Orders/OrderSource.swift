import FleetModel
import FleetProtocol

/// What a ship's session needs of those who decide what ships are ordered: the one place that lets
/// directives and bytes go, asked anew at each contact.
package protocol OrderSource: Sendable {
    /// A ship that takes orders has said hello.
    ///
    /// - Returns: whether it is to tell its holdings: those that it told the mark of are not known here.
    func greeted(_ ship: ShipIdentity, _ standing: OrderStanding) async throws -> Bool

    /// - Parameter bytes: as a `holdings` frame carries them, from a ship: they may be anything.
    func told(holdings bytes: [UInt8], by ship: ShipIdentity) async throws

    /// Signed directives that wait for the ship, in the order to send them in: what stops comes first. Each
    /// is among them until it is answered.
    func directives(for ship: ShipIdentity) async throws -> [[UInt8]]

    func answered(_ answer: DirectiveAnswer, by ship: ShipIdentity) async throws

    /// What the ship can fetch for the orders that it has taken.
    func offers(for ship: ShipIdentity) async throws -> [ArtifactOffer]

    /// Bytes of a content that was offered to the ship, if they may go now.
    ///
    /// - Parameter count: 1 to 65,536; fewer come at the content's end only.
    func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for ship: ShipIdentity
    ) async throws -> ArtifactPortion
}
