/// What a policy server is asked before an order goes to a ship: OPA's `input`.
package struct PolicyQuestion: Encodable, Sendable, Hashable {
    package struct Ship: Encodable, Sendable, Hashable {
        package let name: String
        package let labels: [String: String]

        package init(name: String, labels: [String: String]) {
            self.name = name
            self.labels = labels
        }
    }

    package struct Deployment: Encodable, Sendable, Hashable {
        package let id: Int64
        package let name: String
        package let slot: String
        package let model: String
        package let modelVersion: Int64
        /// Of the version's files, in hexadecimal digits.
        package let digest: String
        package let planDigest: String
        package let mode: String
        package let wave: Int32
        /// Of the order to this ship, with retries.
        package let bytes: Int64

        package init(
            id: Int64,
            name: String,
            slot: String,
            model: String,
            modelVersion: Int64,
            digest: String,
            planDigest: String,
            mode: String,
            wave: Int32,
            bytes: Int64
        ) {
            self.id = id
            self.name = name
            self.slot = slot
            self.model = model
            self.modelVersion = modelVersion
            self.digest = digest
            self.planDigest = planDigest
            self.mode = mode
            self.wave = wave
            self.bytes = bytes
        }
    }

    package let action = "release"
    /// Its number, which no renaming changes.
    package let tenant: String
    package let at: String
    package let ship: Ship
    package let deployment: Deployment

    package init(tenant: String, at: String, ship: Ship, deployment: Deployment) {
        self.tenant = tenant
        self.at = at
        self.ship = ship
        self.deployment = deployment
    }
}
