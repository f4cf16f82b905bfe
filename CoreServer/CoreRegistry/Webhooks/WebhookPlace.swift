import FleetModel

/// One webhook of all.
struct WebhookPlace: Sendable, Hashable {
    let tenant: TenantID
    let id: String
}
