import CoreDomain

/// What of a ship's bytes is expected to go over one bearer, and what that costs at its own price.
package struct BearerShare: Codable, Sendable, Hashable {
    package let bearer: String
    package let bytes: Int64
    package let costMicros: Int64
    package let currency: String

    /// Every byte goes over one of them.
    static func split(
        _ bytes: Int64,
        over weights: [(bearer: Bearer, share: Double)]
    ) -> [BearerShare] {
        guard bytes > 0 else { return [] }
        var left = bytes
        return weights.enumerated().map { index, weight in
            let isLast = index == weights.count - 1
            let part = isLast ? left : min(left, Int64((Double(bytes) * weight.share).rounded()))
            left -= part
            let cost = Double(part) / 1_000_000 * Double(weight.bearer.priceMicrosPerMb)
            return BearerShare(
                bearer: weight.bearer.name,
                bytes: part,
                costMicros: Int64(min(cost.rounded(.up), 9e18)),
                currency: weight.bearer.currency
            )
        }
    }
}
