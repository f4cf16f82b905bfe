import CoreDomain
import FleetModel
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What travels with a request: who asks, once that is known, and what it is about.
package struct APIContext: RequestContext {
    /// Where the request came from, for counting failures: an address, of IPv6 its network of 64 bits.
    let clientAddress: String
    /// The connection's.
    let eventLoop: any EventLoop
    package var coreContext: CoreRequestContextStorage
    /// Set by `EndpointRouter`; routes behind it ask for it with `caller`.
    package var principal: Principal?
    var admittedShip: Ship?
    /// The ships that the answer may hold.
    var visibility: ShipVisibility?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        eventLoop = source.channel.eventLoop
        clientAddress = Self.address(source.channel.remoteAddress)
    }

    private static func address(_ address: SocketAddress?) -> String {
        guard let text = address?.ipAddress else { return "unknown" }
        guard case .v6 = address else { return text }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
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

    /// The ship that the path names and that the caller may ask about.
    ///
    /// - Throws: `DomainError` `forbidden` where the endpoint is not one of a ship: nothing is shown
    ///   that was not checked.
    var ship: Ship {
        get throws {
            guard let admittedShip else {
                throw DomainError(.forbidden, "no ship was asked for")
            }
            return admittedShip
        }
    }

    /// The ships that an answer about many may hold.
    ///
    /// - Throws: `DomainError` `forbidden` where the endpoint is not one of ships.
    var visible: ShipVisibility {
        get throws {
            guard let visibility else { throw DomainError(.forbidden, "no ships were asked for") }
            return visibility
        }
    }

    /// What the path names. None that is stored has a NUL, which PostgreSQL would refuse to look for.
    func name(_ parameter: String) throws -> String {
        let name = try parameters.require(parameter)
        guard !name.utf8.contains(0), !name.contains("%00") else {
            throw DomainError(.notFound, "there is no \(parameter) of this name")
        }
        return name
    }

    /// What the path numbers.
    func number(_ parameter: String) throws -> Int64 {
        let text = try parameters.require(parameter)
        guard let number = Int64(text) else {
            throw DomainError(.notFound, "there is no \(parameter) \(text): they have numbers")
        }
        return number
    }

    /// Who changes what, why and when.
    func act(_ request: Request, at now: Timestamp) throws -> Act {
        Act(by: try caller, for: try change(request), at: now)
    }

    /// On whose behalf a change is made.
    func change(_ request: Request) throws -> Change {
        let reason = HTTPField.Name("Hawser-Reason").flatMap { request.headers[$0] } ?? ""
        return Change(by: try caller, reason: String(reason.prefix(500)), requestID: "\(id)")
    }
}
