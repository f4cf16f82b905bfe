import FleetModel

/// The ships that a caller may see, for answers about many.
package struct ShipVisibility: Sendable {
    private let isVisible: @Sendable (Ship) -> Bool

    /// For work of the server's own.
    package static let all = ShipVisibility { _ in true }

    init(_ isVisible: @escaping @Sendable (Ship) -> Bool) {
        self.isVisible = isVisible
    }

    package func shows(_ ship: Ship) -> Bool { isVisible(ship) }
}
