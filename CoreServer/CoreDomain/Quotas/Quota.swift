/// What a tenant may use. A limit that is not there does not hold.
package struct Quota: Sendable, Hashable {
    package enum Limit: String, Sendable, CaseIterable {
        /// That are not revoked.
        case ships
        case series
        case ingestSamplesPerSecond = "ingest_samples_per_second"
        /// Of segments as ships sent them, by UTC day.
        case ingestBytesPerDay = "ingest_bytes_per_day"
        case storageBytes = "storage_bytes"
        case artifactBytes = "artifact_bytes"
        case apiRequestsPerSecond = "api_requests_per_second"
        /// Requests that may come at once after a pause.
        case apiBurst = "api_burst"
        case labelsPerShip = "labels_per_ship"

        /// The least that makes sense: a rate of none would never end a wait.
        package var least: Int64 {
            switch self {
            case .ingestSamplesPerSecond, .apiRequestsPerSecond, .apiBurst: 1
            default: 0
            }
        }
    }

    /// More than anything here can count to in its life.
    package static let most: Int64 = 1_000_000_000_000_000

    package static let unlimited = Quota([:])

    private let limits: [Limit: Int64]

    package init(_ limits: [Limit: Int64]) {
        self.limits = limits
    }

    package subscript(limit: Limit) -> Int64? { limits[limit] }

    /// These, and the others' where there is none.
    package func over(_ standard: Quota) -> Quota {
        Quota(standard.limits.merging(limits) { _, own in own })
    }

    /// - Throws: `DomainError` `invalid`.
    package func check() throws(DomainError) {
        for (limit, value) in limits where !(limit.least...Self.most).contains(value) {
            throw DomainError(
                .invalid,
                "\(limit.rawValue) is a number from \(limit.least) to \(Self.most), or null"
            )
        }
    }

    /// For the audit, in a fixed order.
    var json: String {
        let members = Limit.allCases.map {
            "\"\($0.rawValue)\":\(limits[$0].map { "\($0)" } ?? "null")"
        }
        return "{\(members.joined(separator: ","))}"
    }
}

extension DomainError {
    /// - Parameter retryAfter: seconds, where waiting helps.
    package static func quota(
        _ limit: Quota.Limit,
        _ most: Int64,
        retryAfter: Int? = nil
    ) -> DomainError {
        var error = DomainError(
            .quotaExceeded,
            "the tenant's limit '\(limit.rawValue)' of \(most) is reached"
        )
        error.limit = limit.rawValue
        error.retryAfter = retryAfter
        return error
    }
}
