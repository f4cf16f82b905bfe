import CoreDomain
import FleetModel
import Hummingbird

extension Request {
    /// A parameter that is a time.
    ///
    /// - Throws: `DomainError` `invalid`.
    func moment(_ name: String) throws(DomainError) -> Timestamp? {
        guard let text = uri.queryParameters[Substring(name)], !text.isEmpty else { return nil }
        guard let moment = Timestamp(parsing: String(text)) else {
            throw DomainError(
                .invalid,
                "'\(name)' is not a time: write 2026-11-21T12:00:00Z, 2026-11-21 or seconds since 1970"
            )
        }
        return moment
    }
}
