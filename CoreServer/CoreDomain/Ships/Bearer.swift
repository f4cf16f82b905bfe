/// A way that a ship reaches the shore, and what it costs.
package struct Bearer: Sendable, Hashable, Codable {
    package static let limit = 16

    package let name: String
    /// Bits a second.
    package let rateBits: Int64
    /// Millionths of the currency for a megabyte of 1,000,000 bytes.
    package let priceMicrosPerMb: Int64
    /// ISO 4217.
    package let currency: String

    package init(name: String, rateBits: Int64, priceMicrosPerMb: Int64, currency: String) {
        self.name = name
        self.rateBits = rateBits
        self.priceMicrosPerMb = priceMicrosPerMb
        self.currency = currency
    }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        try Slug.check(name, what: "bearer")
        guard 1...1_000_000_000_000 ~= rateBits else {
            throw DomainError(.invalid, "rate_bits is 1 to 1,000,000,000,000")
        }
        guard 0...1_000_000_000_000 ~= priceMicrosPerMb else {
            throw DomainError(.invalid, "price_micros_per_mb is 0 to 1,000,000,000,000")
        }
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { throw DomainError(.invalid, "currency is three capital letters (ISO 4217)") }
    }
}
