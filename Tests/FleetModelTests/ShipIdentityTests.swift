import FleetModel
import Testing

struct ShipIdentityTests {
    @Test func `an identity is read from its own URI`() {
        let identity = ShipIdentity(tenant: TenantID(7), ship: ShipID(.max))
        #expect(identity.uri == "urn:hawser:tenant:7:ship:9223372036854775807")
        #expect(ShipIdentity(uri: identity.uri) == identity)
    }

    @Test(arguments: [
        "", "urn:hawser:tenant:7:ship:", "urn:hawser:tenant::ship:42",
        "urn:hawser:tenant:7:ship:42:",
        "urn:hawser:tenant:07:ship:42", "urn:hawser:tenant:+7:ship:42",
        "URN:hawser:tenant:7:ship:42",
        "urn:hawser:tenant:7:ship:42 ", " urn:hawser:tenant:7:ship:42",
        "urn:hawser:ship:42:tenant:7",
        "urn:hawser:tenant:7:ship:9223372036854775808", "urn:hawser:tenant:0x7:ship:42",
        "urn:hawser:tenant:7:ship:4２", "urn:hawser:tenant:7:vessel:42",
        "urn:hawser:tenant:-0:ship:1",
    ])
    func `nothing but the exact form names a ship`(uri: String) {
        #expect(ShipIdentity(uri: uri) == nil)
    }
}
