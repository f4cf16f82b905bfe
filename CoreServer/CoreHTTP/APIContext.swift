import CoreDomain
import Hummingbird
import Logging

/// What travels with a request: who asks, once that is known.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by `Authentication`; routes behind it ask for it with `caller`.
    package var principal: Principal?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// Bodies are small on this API; artifacts will have routes of their own.
    package var maxUploadSize: Int { 64 * 1024 }

    /// The caller.
    ///
    /// - Throws: `DomainError` `unauthenticated`.
    var caller: Principal {
        get throws {
            guard let principal else {
                throw DomainError(
                    .unauthenticated,
                    "a token is needed: Authorization: Bearer TOKEN"
                )
            }
            return principal
        }
    }
}
