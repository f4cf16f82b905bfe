import CoreDomain
import CoreRegistry
import FleetModel
import HTTPTypes
import Hummingbird
import NIOCore

/// MLflow's artifact proxy: a tenant's files, up and down.
struct ArtifactRoutes: Sendable {
    let artifacts: Artifacts

    private static let files = "artifacts/**"

    func add(to router: inout EndpointRouter) {
        addFiles(to: &router)
        router.on(
            .mlflow(
                "listArtifactFiles",
                .get,
                "artifacts",
                .experimentsRead,
                root: .mlflowArtifacts
            )
        ) { call in
            try Self.json(
                await artifacts.list(Self.directory(call.fields.text("path")), of: call.tenant),
                below: ""
            )
        }
        router.on(.mlflow("listArtifacts", .get, "artifacts/list", .experimentsRead)) { call in
            let run = try call.fields.text("run_id") ?? call.fields.required("run_uuid")
            return try await list(
                below: artifacts.root(ofRun: run, of: call.tenant),
                call.fields.text("path"),
                call.tenant
            )
        }
        router.on(
            .mlflow(
                "listLoggedModelArtifacts",
                .get,
                "logged-models/{model}/artifacts/directories",
                .experimentsRead
            )
        ) { call in
            try await list(
                below: artifacts.root(
                    ofModel: call.context.name("model"),
                    of: call.tenant
                ),
                call.fields.text("artifact_directory_path"),
                call.tenant
            )
        }
    }

    private func addFiles(to router: inout EndpointRouter) {
        router.on(bytes: Self.endpoint("downloadArtifact", .get, Self.files, .experimentsRead)) {
            request,
            context in
            let tenant = try context.caller.tenant
            let path = try Self.path(of: request, below: "artifacts/")
            return try await ArtifactAnswer.of(
                artifacts.open(path, of: tenant),
                named: path.name,
                to: request,
                context,
                tenant,
                artifacts
            )
        }
        router.on(bytes: Self.endpoint("uploadArtifact", .put, Self.files, .experimentsWrite)) {
            request,
            context in
            try await artifacts.put(
                Self.path(of: request, below: "artifacts/"),
                of: context.caller.tenant,
                length: Self.length(of: request),
                body: request.body.map { Array(buffer: $0) }
            )
            return MLflowAnswer.json(.object([]))
        }
        router.on(bytes: Self.endpoint("deleteArtifact", .delete, Self.files, .experimentsWrite)) {
            request,
            context in
            try await artifacts.delete(
                Self.path(of: request, below: "artifacts/"),
                of: context.caller.tenant
            )
            return MLflowAnswer.json(.object([]))
        }
    }

    static func endpoint(
        _ operation: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ permission: Permission
    ) -> Endpoint {
        .mlflow(operation, method, path, permission, root: .mlflowArtifacts)
    }

    static func length(of request: Request) -> Int64? {
        request.headers[.contentLength].flatMap { Int64($0) }
    }

    /// What the URL names, as it was sent: the router's own parts are decoded already, or not, by their
    /// place.
    ///
    /// - Throws: `RegistryError` `invalid`.
    static func path(of request: Request, below part: String) throws(RegistryError) -> ArtifactPath
    {
        let root = "/\(Endpoint.Root.mlflowArtifacts.rawValue)/\(part)"
        let path = request.uri.path
        guard path.hasPrefix(root) else {
            throw .invalid("Invalid path: a URL of artifacts begins with \(root)")
        }
        return try ArtifactPath(encoded: path.dropFirst(root.count))
    }

    private static func directory(_ path: String?) throws(RegistryError) -> ArtifactPath {
        guard let path, !path.isEmpty, path != "." else { return .root }
        return try ArtifactPath(path)
    }

    private func list(
        below root: String,
        _ path: String?,
        _ tenant: TenantID
    ) async throws -> JSONText {
        guard let home = try ArtifactPath.of(uri: root) else {
            throw RegistryError.invalid(
                "the artifacts are in another store, at \(root): list them there"
            )
        }
        let directory = try Self.directory(path)
        let entries = try await artifacts.list(home.appending(directory), of: tenant)
        let prefix = directory.isRoot ? "" : directory.text + "/"
        return Self.json(entries, below: prefix, root: root)
    }

    /// An answer without files has no list.
    private static func json(
        _ entries: [ArtifactEntry],
        below prefix: String,
        root: String? = nil
    ) -> JSONText {
        var members: [(key: String, value: JSONText)] = []
        if let root { members.append(("root_uri", .string(root))) }
        let files = entries.map { entry in
            var file: [(key: String, value: JSONText)] = [
                ("path", .string(prefix + entry.name)), ("is_dir", .boolean(entry.size == nil)),
            ]
            if let size = entry.size { file.append(("file_size", .integer(size))) }
            return JSONText.object(file)
        }
        if !files.isEmpty { members.append(("files", .array(files))) }
        return .object(members)
    }
}
