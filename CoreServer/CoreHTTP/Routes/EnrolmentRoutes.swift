import CoreDomain
import FleetIdentity
import FleetModel
import FleetRuntime
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging

/// Where a ship turns its one-time token into a certificate: the token is the authentication.
struct EnrolmentRoutes: Sendable {
    private struct Enrolment: Decodable {
        let token: String
        /// PKCS#10 in DER, as base64.
        let request: String
    }

    private struct Answer: Encodable {
        let ship: String
        let tenant: String
        let certificate: String
        let sync_port: Int
    }

    let desk: EnrolmentDesk
    let tenants: Tenants
    let clock: WallClock
    /// The port of the sync listener, once it listens.
    let syncPort: @Sendable () -> Int

    func add(to router: inout EndpointRouter) {
        router.on(.enrolShip, use: enrol)
    }

    @Sendable private func enrol(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        guard
            let enrolment = try? JSONDecoder().decode(
                Enrolment.self,
                from: Data(body.readableBytesView)
            ), let der = Data(base64Encoded: enrolment.request)
        else {
            throw DomainError(
                .invalid,
                "the body is not {\"token\": …, \"request\": base64 of a PKCS#10 request}"
            )
        }
        let enrolled = try await desk.enrol(
            token: enrolment.token,
            request: Array(der),
            at: clock.now()
        )
        let answer = Answer(
            ship: enrolled.shipName,
            tenant: try await tenants.name(of: enrolled.identity.tenant),
            certificate: enrolled.certificate.pem,
            sync_port: syncPort()
        )
        context.logger.info(
            "ship enrolled",
            metadata: [LogKey.ship: "\(enrolled.identity)"]
        )
        return Response(
            status: .created,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(answer)))
        )
    }
}
