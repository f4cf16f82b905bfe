import CoreDomain

/// Who gives orders to ships, and what rings when there are new ones for a ship that is connected.
package struct OrderDesk: Sendable {
    let source: any OrderSource
    let bell: ShipBell

    package init(source: any OrderSource, bell: ShipBell) {
        self.source = source
        self.bell = bell
    }
}
