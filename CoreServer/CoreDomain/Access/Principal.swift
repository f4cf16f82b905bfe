import FleetModel

/// Who is asking, once a token has been checked.
package struct Principal: Sendable, Equatable {
    package let tenant: TenantID
    package let token: Int64
    package let name: String
    package let role: APIRole
}
