import CoreDomain
import CoreRegistry
import FleetIdentity
import FleetModel
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// Uploads in parts, downloads in parallel, and the signed URLs that both go by: each gives one object
/// or takes one part, for a short time, and needs no token beside it.
struct SignedArtifactRoutes: Sendable {
    let artifacts: Artifacts
    let signer: ArtifactSigner
    let clock: WallClock

    /// Ten thousand parts, each with its URL.
    private static let partsLimit = 8 * 1024 * 1024
    private static let parts = "signed/parts/{tenant}/{upload}/{part}"
    private static let files = "signed/files/{tenant}/{digest}/**"

    func add(to router: inout EndpointRouter) {
        addUploads(to: &router)
        addDownloads(to: &router)
    }

    // MARK: Up

    private func addUploads(to router: inout EndpointRouter) {
        router.on(upload("createMultipartUpload", "mpu/create/**")) { call in
            let path = try Self.path(of: call, below: "mpu/create/")
            let count = try call.fields.requiredInteger("num_parts")
            let tenant = try call.tenant
            let id = try await artifacts.beginUpload(of: path, parts: count, tenant: tenant)
            let expires = expiry(ArtifactLimits.partSignatureLife)
            let credentials = (1...Int(count)).map { number in
                let signature = signer.signature(
                    of: .part(upload: id, number: number),
                    tenant: tenant,
                    expires: expires
                )
                let place = "signed/parts/\(tenant.rawValue)/\(id)/\(number)"
                return JSONText.object([
                    ("url", .string(url(place, expires, signature, call.request))),
                    ("part_number", .integer(Int64(number))), ("headers", .object([])),
                ])
            }
            return .object([
                ("upload_id", .string(id)), ("credentials", .array(credentials)),
            ])
        }
        router.on(upload("completeMultipartUpload", "mpu/complete/**")) { call in
            let parts = try call.fields.messages("parts").map { part in
                (try part.requiredInteger("part_number"), try part.required("etag"))
            }.sorted { $0.0 < $1.0 }
            try await artifacts.completeUpload(
                call.fields.required("upload_id"),
                at: Self.path(of: call, below: "mpu/complete/"),
                tags: parts.map { Self.digest($0.1.filter { $0 != "\"" }) ?? [] },
                tenant: call.tenant
            )
            return .object([])
        }
        router.on(upload("abortMultipartUpload", "mpu/abort/**")) { call in
            try await artifacts.abortUpload(
                call.fields.required("upload_id"),
                tenant: call.tenant
            )
            return .object([])
        }
        router.on(bytes: Self.signed("uploadArtifactPart", .put, Self.parts)) { request, context in
            guard let number = Int(try context.name("part")) else {
                throw RegistryError.invalid("parts have numbers")
            }
            let id = try context.name("upload")
            let tenant = try await admit(request, context, .part(upload: id, number: number))
            let digest = try await artifacts.putPart(
                number,
                of: id,
                tenant: tenant,
                length: ArtifactRoutes.length(of: request),
                body: request.body.map { Array(buffer: $0) }
            )
            return Response(
                status: .ok,
                headers: [.eTag: "\"\(Hexadecimal.text(digest))\""]
            )
        }
    }

    private func upload(_ operation: String, _ path: String) -> Endpoint {
        .mlflow(
            operation,
            .post,
            path,
            .experimentsWrite,
            root: .mlflowArtifacts,
            bodyLimit: Self.partsLimit
        )
    }

    /// Clients name the file by its path on their machine: its last name goes to the directory that the
    /// URL names.
    private static func path(
        of call: MLflowCall,
        below part: String
    ) throws -> ArtifactPath {
        let directory = try ArtifactRoutes.path(of: call.request, below: part)
        let local = try call.fields.required("path")
        guard let name = local.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else {
            throw RegistryError.invalid("Invalid path: '\(local)' names no file")
        }
        return try directory.appending(ArtifactPath(name))
    }

    // MARK: Down

    private func addDownloads(to router: inout EndpointRouter) {
        router.on(
            bytes: ArtifactRoutes.endpoint(
                "presignArtifact",
                .get,
                "presigned/**",
                .experimentsRead
            )
        ) { request, context in
            let tenant = try context.caller.tenant
            let path = try ArtifactRoutes.path(of: request, below: "presigned/")
            let artifact = try await artifacts.open(path, of: tenant).artifact
            let expires = expiry(ArtifactLimits.signatureLife)
            let digest = Hexadecimal.text(artifact.digest)
            let signature = signer.signature(
                of: .download(digest: digest, name: path.name),
                tenant: tenant,
                expires: expires
            )
            let name = FormText.encoded(path.name)
            let place = "signed/files/\(tenant.rawValue)/\(digest)/\(name)"
            return MLflowAnswer.json(
                .object([
                    ("url", .string(url(place, expires, signature, request))),
                    ("headers", .object([])), ("file_size", .integer(artifact.size)),
                ])
            )
        }
        router.on(bytes: Self.signed("downloadSignedArtifact", .get, Self.files)) {
            request,
            context in
            let digest = try context.name("digest")
            let tenant = try context.name("tenant")
            let path = try ArtifactRoutes.path(
                of: request,
                below: "signed/files/\(tenant)/\(digest)/"
            )
            let owner = try await admit(
                request,
                context,
                .download(digest: digest, name: path.text)
            )
            return try await ArtifactAnswer.of(
                artifacts.open(digest: Self.digest(digest) ?? [], of: owner),
                named: path.name,
                to: request,
                context,
                owner,
                artifacts
            )
        }
    }

    // MARK: Signed

    /// Open to whoever has the URL: `admit` looks at it.
    private static func signed(
        _ operation: String,
        _ method: HTTPRequest.Method,
        _ path: String
    ) -> Endpoint {
        var endpoint = Endpoint(
            operation: operation,
            method: method,
            path: path,
            access: .open,
            tag: "mlflow",
            summary: operation,
            answers: []
        )
        endpoint.root = .mlflowArtifacts
        return endpoint
    }

    /// - Returns: whose object it is.
    /// - Throws: `RegistryError` `forbidden`; `DomainError` `quotaExceeded`.
    private func admit(
        _ request: Request,
        _ context: APIContext,
        _ grant: ArtifactSigner.Grant
    ) async throws -> TenantID {
        let query = request.uri.queryParameters
        guard let number = Int64(try context.name("tenant")), number > 0,
            let expires = query["expires"].flatMap({ Int64($0) }), expires < 1 << 40,
            let signature = query["signature"]
        else { throw RegistryError(.forbidden, "this URL is not complete: ask for another one") }
        let tenant = TenantID(number)
        try signer.check(
            String(signature),
            of: grant,
            tenant: tenant,
            expires: expires,
            at: clock.now()
        )
        try await artifacts.admit(tenant)
        return tenant
    }

    private func expiry(_ life: Duration) -> Int64 { (clock.now() + life).milliseconds / 1000 }

    /// By the name under which the caller reached this server.
    private func url(
        _ place: String,
        _ expires: Int64,
        _ signature: String,
        _ request: Request
    ) -> String {
        let host = request.head.authority ?? "localhost"
        return "https://\(host)/\(Endpoint.Root.mlflowArtifacts.rawValue)/\(place)"
            + "?expires=\(expires)&signature=\(signature)"
    }

    private static func digest(_ text: String) -> [UInt8]? {
        text.utf8.count == 64 ? Hexadecimal.bytes(text.utf8) : nil
    }
}
