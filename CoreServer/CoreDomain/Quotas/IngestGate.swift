import FleetModel

/// Holds ships to what their tenant may send: they wait, or come again later, and lose nothing.
package struct IngestGate: Sendable {
    /// What a session sits through; a ship gives up after 20 s without a word.
    private static let patience = 5.0
    /// With more than this to wait, the ship is sent away for as long.
    private static let longest = 30.0
    /// Storage gets room by retention and by people: not within minutes.
    private static let storageRetry = 3600

    private let book: QuotaBook
    private let usage: UsageBook

    package init(book: QuotaBook, usage: UsageBook) {
        self.book = book
        self.usage = usage
    }

    /// - Throws: `IngestError.quota`.
    func makeRoom(for tenant: TenantID, at now: Timestamp) async throws {
        let page = try await book.page(of: tenant)
        if let most = page.quota[.storageBytes], page.storageBytes >= most {
            throw refusal(.storageBytes, Self.storageRetry)
        }
        let day = UsageDay.number(of: now)
        let bytes =
            (page.day == day ? page.bytesToday : 0) + usage.pendingBytes(of: tenant, day: day)
        if let most = page.quota[.ingestBytesPerDay], bytes >= most {
            let midnight = Timestamp(seconds: (Int64(day) + 1) * 86_400)
            throw refusal(.ingestBytesPerDay, Int((midnight - now).inSeconds.rounded(.up)))
        }
        guard let rate = page.quota[.ingestSamplesPerSecond] else { return }
        let wait = book.sampleDebt(of: tenant, rate: rate)
        guard wait <= Self.longest else {
            throw refusal(.ingestSamplesPerSecond, Int(min(wait, 3600).rounded(.up)))
        }
        if wait > 0 { try await Task.sleep(for: .seconds(min(wait, Self.patience))) }
    }

    private func refusal(_ limit: Quota.Limit, _ seconds: Int) -> IngestError {
        book.refused(limit.rawValue)
        return .quota(limit, retryAfter: max(1, seconds))
    }

    /// Something was committed.
    func took(samples: Int64, bytes: Int64, of tenant: TenantID) {
        book.charge(samples: samples, to: tenant)
        usage.add(samples: samples, bytes: bytes, to: tenant)
    }
}
