import CoreDomain
import CorePostgres
import FleetModel

/// A version that somebody wants, made together with those that others want at the same time.
struct NewVersion: Sendable {
    let name: String
    let details: ModelVersions.Details
    let act: Act
    /// Its files, checked, where it is of a bundle; nil where it is of a model.
    var bundle: [BundleFile]?

    /// One that can be written: its files are known, and its number is drawn.
    fileprivate struct Drawn {
        let index: Int
        let version: ModelVersion
        let act: Act
    }

    /// Within one transaction of their tenant.
    ///
    /// - Returns: what became of each: who asks for what is not there harms nobody else.
    /// - Throws: where all of it must be undone.
    static func create(
        _ wanted: [NewVersion],
        of tenant: TenantID,
        key: ReleaseKey,
        _ connection: PostgresConnection
    ) throws -> [Result<ModelVersion, any Error>] {
        var outcomes: [Result<ModelVersion, any Error>] = wanted.map {
            .failure(RegisteredModel.none($0.name))
        }
        var sources: [Int: ModelSource] = [:]
        for (index, one) in wanted.enumerated() {
            guard one.bundle == nil else {
                sources[index] = ModelSource(bundle: one.details.source)
                continue
            }
            do {
                sources[index] = try ModelSource(
                    one.details.source,
                    runID: one.details.runID,
                    modelID: one.details.modelID,
                    of: tenant,
                    connection
                )
            } catch let error as RegistryError {
                outcomes[index] = .failure(error)
            }
        }
        let drawn = try draw(wanted, sources, &outcomes, tenant, connection)
        guard !drawn.isEmpty else { return outcomes }
        try insert(drawn.map(\.version), tenant, connection)
        var noted: [AuditTrail.Noted] = []
        for one in drawn {
            if !one.version.modelID.isEmpty { try one.tell(connection) }
            let manifest = try VersionManifest.make(one.version, key: key, one.act, connection)
            noted.append(
                AuditTrail.Noted(
                    change: one.act.change,
                    now: one.act.now,
                    action: "version.create",
                    target: one.version.target,
                    after: manifest.map { "manifest \($0.digest)" } ?? one.version.storageLocation
                )
            )
            outcomes[one.index] = .success(one.version)
        }
        try AuditTrail.note(noted, of: tenant, connection)
        try WebhookOutbox.add(
            .versionCreated,
            drawn.map { ($0.data, $0.act.now) },
            of: tenant,
            connection
        )
        return outcomes
    }

    /// Draws numbers; the models' rows are locked until the transaction ends.
    private static func draw(
        _ wanted: [NewVersion],
        _ sources: [Int: ModelSource],
        _ outcomes: inout [Result<ModelVersion, any Error>],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Drawn] {
        let places = sources.keys.sorted()
        guard !places.isEmpty else { return [] }
        let byName = Dictionary(grouping: places) { wanted[$0].name }
        let names = byName.keys.sorted()
        let rows = try connection.execute(
            ModelVersionQueries.draw,
            .int64(tenant.rawValue),
            .textArray(names),
            .int64Array(names.map { Int64(byName[$0]?.count ?? 0) }),
            .int64Array(
                names.map { name in
                    byName[name]?.map { wanted[$0].act.now.milliseconds }.max() ?? 0
                }
            )
        )
        var drawn: [Drawn] = []
        for row in rows {
            let name = try row.text("name")
            let (model, last) = (
                try row.int64("registered_model_id"), try row.int64("last_version")
            )
            let members = byName[name] ?? []
            for (order, place) in members.enumerated() {
                guard let source = sources[place] else { continue }
                guard try row.bool("is_bundle") == (wanted[place].bundle != nil) else {
                    outcomes[place] = .failure(
                        RegistryError.invalid(
                            "\(name) is a bundle: its versions are checked, and made by "
                                + "POST /api/v1/bundles/{bundle}/versions"
                        )
                    )
                    continue
                }
                let version = ModelVersion(
                    wanted[place],
                    source,
                    model: model,
                    number: last - Int64(members.count - 1 - order)
                )
                drawn.append(Drawn(index: place, version: version, act: wanted[place].act))
            }
        }
        // The audit tells of them in the order in which they were asked for.
        return drawn.sorted { $0.index < $1.index }
    }

    private static func insert(
        _ versions: [ModelVersion],
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            ModelVersionQueries.insert,
            values: [
                .int64(tenant.rawValue), .int64Array(versions.map(\.modelNumber)),
                .int64Array(versions.map(\.version)), .textArray(versions.map(\.description)),
                .textArray(versions.map(\.userName)), .textArray(versions.map(\.source)),
                .textArray(versions.map(\.storageLocation)), .textArray(versions.map(\.runID)),
                .textArray(versions.map(\.runLink)), .textArray(versions.map(\.modelID)),
                .int64Array(versions.map(\.createdAt)),
                .int64Array(versions.flatMap { one in one.tags.map { _ in one.modelNumber } }),
                .int64Array(versions.flatMap { one in one.tags.map { _ in one.version } }),
                .textArray(versions.flatMap { $0.tags.map(\.key) }),
                .textArray(versions.flatMap { $0.tags.map(\.value) }),
            ]
        )
    }
}

extension NewVersion.Drawn {
    /// What webhooks are told of it.
    fileprivate var data: [String: WebhookValue] {
        [
            "name": .text(version.name), "version": .text("\(version.version)"),
            "source": .text(version.source), "run_id": .some(version.runID),
            "tags": .tags(version.tags), "description": .some(version.description),
        ]
    }

    /// MLflow tells by a tag of a logged model which versions it is.
    fileprivate func tell(_ connection: PostgresConnection) throws {
        let key = "mlflow.modelVersions"
        let model = try LoggedModels.lock(version.modelID, of: act.tenant, connection)
        let old = model.tags.first { $0.key == key }?.value ?? "[]"
        let body = old.hasPrefix("[") && old.hasSuffix("]") ? old.dropFirst().dropLast() : ""
        let entry =
            "{\"name\": \(RegistryJSON.quoted(version.name)), \"version\": \(version.version)}"
        let list = body.isEmpty ? "[\(entry)]" : "[\(body), \(entry)]"
        guard list.utf8.count <= 1_000_000 else { return }
        try LoggedModels.set(
            [RegistryTag(key: key, value: list)],
            on: version.modelID,
            act.tenant,
            connection
        )
    }
}
