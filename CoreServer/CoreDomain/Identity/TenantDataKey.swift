import Crypto
import FleetModel

/// The key under which a tenant's secrets are sealed.
package struct TenantDataKey: Sendable {
    package let tenant: TenantID
    /// What is sealed is stored beside this number.
    package let number: Int64
    private let key: SymmetricKey

    init(tenant: TenantID, number: Int64, bytes: [UInt8]) {
        self.tenant = tenant
        self.number = number
        key = SymmetricKey(data: bytes)
    }

    /// AES-256-GCM, bound to tenant, key and purpose: one tenant's secret, or one for another purpose,
    /// can't be put in its place.
    ///
    /// - Parameter purpose: what it is and of which row, such as `tenant-authority`.
    package func seal(_ secret: [UInt8], for purpose: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(secret, using: key, authenticating: context(purpose))
        guard let combined = box.combined else {
            throw DomainError(.invalid, "a secret can't be sealed")
        }
        return Array(combined)
    }

    package func open(_ sealed: [UInt8], for purpose: String) throws -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return Array(try AES.GCM.open(box, using: key, authenticating: context(purpose)))
        } catch {
            throw DomainError(
                .invalid,
                "a secret in the database was altered, or is of something else"
            )
        }
    }

    /// A key of its own for something large, which its reader derives again from the salt beside it.
    ///
    /// - Parameters:
    ///   - salt: random bytes, of which no two things have the same.
    ///   - purpose: what it is and of which row.
    package func derived(salt: [UInt8], for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            salt: salt,
            info: context(purpose),
            outputByteCount: 32
        )
    }

    private func context(_ purpose: String) -> [UInt8] {
        Array("hawser tenant \(tenant.rawValue) key \(number): \(purpose)".utf8)
    }
}
