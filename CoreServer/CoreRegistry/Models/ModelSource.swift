import CorePostgres
import FleetModel

/// Where a new version's files are, from what a client says: nothing outside the tenant's own store and
/// the stores that it reaches by itself.
struct ModelSource {
    let storageLocation: String
    let runID: String
    let modelID: String

    /// Of a bundle's version, whose files were looked at already.
    init(bundle source: String) {
        (storageLocation, runID, modelID) = (source, "", "")
    }

    /// - Parameters:
    ///   - source: `runs:/RUN/PATH`, `models:/MODEL_ID`, `models:/NAME/VERSION`, `mlflow-artifacts:/PATH`
    ///     or the URI of another store.
    /// - Throws: `RegistryError`.
    init(
        _ source: String,
        runID: String,
        modelID: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try Self.check(source)
        var (run, model) = (runID, modelID)
        guard let colon = source.firstIndex(of: ":") else { throw Self.refused(source) }
        let scheme = source[..<colon].lowercased()
        let rest = source[source.index(after: colon)...]
        switch scheme {
        case "", "file": throw Self.refused(source)
        case "runs":
            let parts = Self.parts(rest)
            guard parts.first == runID, !runID.isEmpty else {
                throw RegistryError.invalid(
                    "Invalid model version source: '\(source)'. To use a runs:/ URI as a model version "
                        + "source, the run_id request parameter has to be the URI's."
                )
            }
            let found = try Runs.find(runID, of: tenant, connection)
            storageLocation = ([found.artifactURI] + parts.dropFirst()).joined(separator: "/")
        case "models":
            (storageLocation, run, model) = try Self.model(
                source,
                rest,
                run,
                model,
                tenant,
                connection
            )
        case "mlflow-artifacts":
            storageLocation = source
            try Self.requireRoot(source, run, model, tenant, connection)
        case "http", "https":
            storageLocation = source
            if source.contains("/mlflow-artifacts/") {
                try Self.requireRoot(source, run, model, tenant, connection)
            }
        default: storageLocation = source
        }
        if !model.isEmpty {
            let found = try LoggedModels.find(model, of: tenant, connection)
            if run.isEmpty { run = found.sourceRunID }
        }
        (self.runID, self.modelID) = (run, model)
    }

    private static func parts(_ path: Substring) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    private static func refused(_ source: String) -> RegistryError {
        .invalid(
            "Invalid model version source: '\(source)'. To use a local path as a model version source, "
                + "the run_id request parameter has to be specified and the local path has to be "
                + "contained within the artifact directory of the run specified by the run_id: this "
                + "server keeps no such directories."
        )
    }

    private static func check(_ source: String) throws(RegistryError) {
        try RegistryText.check(source, "source", atMost: 500)
        var text = source
        for _ in 0..<8 {
            let isHarmless =
                !text.contains("\\") && !text.unicodeScalars.contains { $0.value < 0x20 }
                && !text.split(whereSeparator: { "/?#".contains($0) }).contains("..")
            guard isHarmless else {
                throw .invalid(
                    "Invalid model version source: '\(source)'. It may not lead upwards."
                )
            }
            guard let decoded = text.percentDecoded, decoded != text else { return }
            text = decoded
        }
        throw .invalid("Invalid model version source: '\(source)'. It is encoded too often.")
    }

    /// A logged model, or a version that is copied.
    private static func model(
        _ source: String,
        _ rest: Substring,
        _ runID: String,
        _ modelID: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> (location: String, runID: String, modelID: String) {
        let parts = parts(rest)
        if parts.count == 1, parts[0].hasPrefix("m-") {
            guard parts[0] == modelID else {
                throw RegistryError.invalid(
                    "Invalid model version source: '\(source)'. To use a models:/<model_id> URI as a "
                        + "model version source, the model_id request parameter has to be the URI's."
                )
            }
            let found = try LoggedModels.find(modelID, of: tenant, connection)
            return (found.artifactLocation, runID, modelID)
        }
        guard parts.count == 2, let number = Int64(parts[1]) else {
            throw RegistryError.invalid(
                "Invalid model version source: '\(source)'. It names no version: models:/NAME/VERSION"
            )
        }
        let origin = try ModelVersions.find(parts[0], number, of: tenant, connection)
        for (given, own, what) in [
            (runID, origin.runID, "run_id"), (modelID, origin.modelID, "model_id"),
        ] where !given.isEmpty && given != own {
            throw RegistryError.invalid(
                "Invalid model version source: '\(source)'. Its \(what) is another than the request's."
            )
        }
        return (origin.storageLocation, origin.runID, origin.modelID)
    }

    /// Of this server's own artifacts, those alone of the run or the model that is named.
    private static func requireRoot(
        _ source: String,
        _ runID: String,
        _ modelID: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        var roots: [String] = []
        if !runID.isEmpty { roots.append(try Runs.find(runID, of: tenant, connection).artifactURI) }
        if !modelID.isEmpty {
            roots.append(try LoggedModels.find(modelID, of: tenant, connection).artifactLocation)
        }
        let path = path(of: source)
        guard
            roots.contains(where: {
                path == Self.path(of: $0) || path.hasPrefix(Self.path(of: $0) + "/")
            })
        else {
            throw RegistryError.invalid(
                "Invalid model version source: '\(source)'. It has to lie under the artifacts of the "
                    + "run or the model that the request names by run_id or model_id."
            )
        }
    }

    /// Below the store's root, of `mlflow-artifacts:` and of URLs alike.
    static func path(of uri: String) -> String {
        let rest: Substring
        if let route = uri.range(ofText: "/mlflow-artifacts/artifacts/") {
            rest = uri[route.upperBound...]
        } else {
            rest = uri.drop { $0 != ":" }.dropFirst()
            if rest.hasPrefix("//") {
                // mlflow-artifacts://HOST/PATH
                return parts(rest.dropFirst(2).drop { $0 != "/" }).joined(separator: "/")
            }
        }
        return parts(rest).joined(separator: "/")
    }
}

extension String {
    /// Without Foundation: where another text begins in this one, and ends.
    fileprivate func range(ofText text: String) -> Range<String.Index>? {
        ranges(of: text).first
    }
}
