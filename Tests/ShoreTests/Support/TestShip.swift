import CoreDomain
import FleetIdentity
import FleetModel

/// A ship that is enrolled, and what it proves that with.
struct TestShip: Sendable {
    let ship: Ship
    let key: PrivateKey
    let certificate: IssuedCertificate
    let tenant: Tenant

    var identity: ShipIdentity { ship.identity }

    /// The same ship showing another certificate.
    func showing(_ certificate: IssuedCertificate) -> TestShip {
        TestShip(ship: ship, key: key, certificate: certificate, tenant: tenant)
    }
}
