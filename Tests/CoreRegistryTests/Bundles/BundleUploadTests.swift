import CoreRegistry
import FleetModel
import FleetRuntime
import FleetTestSupport
import Testing

/// What is uploaded for a bundle and never becomes a version's.
@Suite(.timeLimit(.minutes(10)))
struct BundleUploadTests {
    private static let late = ArtifactLimits.bundleUploadLife + .seconds(60)

    private static let version = """
        INSERT INTO hawser.registered_models
            (tenant_id, registered_model_id, name, created_at, updated_at)
        SELECT tenant_id, 1, 'agent', 0, 0 FROM hawser.artifact_files LIMIT 1;
        INSERT INTO hawser.model_versions (tenant_id, registered_model_id, version, source,
            storage_location, status, created_at, updated_at)
        SELECT tenant_id, 1, 1, 'x', 'x', 3, 0, 0 FROM hawser.registered_models;
        INSERT INTO hawser.model_version_files (tenant_id, registered_model_id, version, path,
            source_path, digest, size)
        SELECT tenant_id, 1, 1, 'a', path, digest, size FROM hawser.artifact_files
        WHERE path = 'bundles/kept/a';
        """

    @Test func `it goes after its time, and what is a version's or a run's stays`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("bundles/kept/a", [1, 2, 3], of: tenant)
            try await shore.put("bundles/kept/left-over", [4], of: tenant)
            try await shore.put("bundles/upload-1/b", [5, 6], of: tenant)
            try await shore.put("bundles-of-runs/c", [7], of: tenant)
            try await shore.put("0/run/artifacts/bundles/d", [8], of: tenant)
            try await shore.run(Self.version, of: tenant)
            try await shore.collect(tenant, after: ArtifactLimits.bundleUploadLife - .seconds(60))
            let files = "SELECT count(*) FROM hawser.artifact_files"
            #expect(try await shore.number(files, of: tenant) == 5)
            try await shore.collect(tenant, after: Self.late)
            #expect(try await shore.number(files, of: tenant) == 3)
            #expect(try await shore.content("bundles/kept/a", of: tenant) == [1, 2, 3])
            #expect(try await shore.content("bundles-of-runs/c", of: tenant) == [7])
            #expect(try await shore.content("0/run/artifacts/bundles/d", of: tenant) == [8])
            // Its bytes go as all do that nothing shows any more.
            try await shore.collect(tenant, after: Self.late + ArtifactLimits.grace)
            #expect(shore.files(of: tenant).count == 3)
            let use = "SELECT bytes FROM hawser.artifact_usage"
            #expect(try await shore.number(use, of: tenant) == 5)
        }
    }

    @Test func `where runs have their artifacts below bundles, nothing is taken`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("bundles/mine/run/artifacts/a", [1], of: tenant)
            try await shore.run(
                """
                INSERT INTO hawser.experiments (tenant_id, experiment_id, name, artifact_location,
                    created_at, updated_at)
                SELECT tenant_id, 7, 'old', 'mlflow-artifacts:/bundles/mine', 0, 0
                FROM hawser.artifact_files
                """,
                of: tenant
            )
            try await shore.collect(tenant, after: Self.late)
            #expect(try await shore.content("bundles/mine/run/artifacts/a", of: tenant) == [1])
        }
    }

    @Test(arguments: [
        "mlflow-artifacts:/bundles", "mlflow-artifacts:/bundles/mine",
        "mlflow-artifacts://host/bundles/mine", "mlflow-artifacts:///bundles",
    ])
    func `no experiment is given that place any more`(location: String) async throws {
        try await RegistryShore.lend { shore in
            let act = shore.act
            let experiments = Experiments(pool: shore.pool)
            let error = await #expect(throws: RegistryError.self) {
                _ = try await experiments.create("e", location: location, tags: [], act)
            }
            #expect(error?.message.contains("is for bundles") ?? false)
            _ = try await experiments.create(
                "other",
                location: "mlflow-artifacts:/bundles-of-mine",
                tags: [],
                act
            )
        }
    }
}
