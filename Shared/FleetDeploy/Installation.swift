import FleetModel

/// The order to bring an artifact aboard and to run it in a slot.
package struct Installation: Sendable, Equatable {
    /// Raw values are wire values.
    package enum Mode: UInt8, Sendable, CaseIterable {
        /// Becomes `current`.
        case live = 1
        /// Runs beside `current` and is compared with it.
        case shadow = 2
        /// What runs in the slot's shadow becomes `current`: no bytes are needed.
        case promotion = 3
    }

    package let slot: SlotName
    /// The deployment's number within the tenant.
    package let deployment: UInt64
    package let digest: TreeDigest
    /// Bytes of all files.
    package let size: UInt64
    package let mode: Mode
    /// What the shore takes to be running in the slot; the ship refuses if something else is, so that a shore
    /// that has forgotten can't bring an older version back.
    package let replaces: TreeDigest?
    package let download: DownloadRule
    package let activation: ActivationRule
    package let contract: AcceptanceContract
    /// Connections with the shore after which a ship that has not begun to activate lets it be; `nil` for any.
    package let contacts: UInt32?

    package init(
        slot: SlotName,
        deployment: UInt64,
        digest: TreeDigest,
        size: UInt64,
        mode: Mode = .live,
        replaces: TreeDigest?,
        download: DownloadRule = .always,
        activation: ActivationRule = .always,
        contract: AcceptanceContract = AcceptanceContract(),
        contacts: UInt32? = nil
    ) {
        self.slot = slot
        self.deployment = deployment
        self.digest = digest
        self.size = size
        self.mode = mode
        self.replaces = replaces
        self.download = download
        self.activation = activation
        self.contract = contract
        self.contacts = contacts
    }
}
