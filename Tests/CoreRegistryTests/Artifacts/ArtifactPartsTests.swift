import CoreDomain
import CoreRegistry
import FleetModel
import Testing

/// Uploads in parts, and the URLs that are signed for them.
@Suite(.timeLimit(.minutes(10)))
struct ArtifactPartsTests {
    private func send(
        _ number: Int,
        _ content: [UInt8],
        _ id: String,
        _ shore: ArtifactShore,
        _ tenant: TenantID
    ) async throws -> [UInt8] {
        try await shore.artifacts.putPart(
            number,
            of: id,
            tenant: tenant,
            length: Int64(content.count),
            body: Pieces(content: content)
        )
    }

    @Test func `parts become a file, in their order, and leave nothing`() async throws {
        try await withArtifacts(quota: Quota([.artifactBytes: 700_000])) { shore in
            let tenant = try await shore.tenant("acme")
            let path = try ArtifactPath("m/model.bin")
            let id = try await shore.artifacts.beginUpload(of: path, parts: 3, tenant: tenant)
            let parts = [
                [UInt8](repeating: 1, count: 200_000), [UInt8](repeating: 2, count: 100_001), [3],
            ]
            // In any order, and one of them twice.
            let third = try await send(3, parts[2], id, shore, tenant)
            _ = try await send(1, [7, 7], id, shore, tenant)
            let second = try await send(2, parts[1], id, shore, tenant)
            let first = try await send(1, parts[0], id, shore, tenant)
            #expect(try await shore.artifacts.list(.root, of: tenant).isEmpty)
            for wrong in [[first, second], [second, first, third], [first, second, [1]]] {
                await #expect(throws: RegistryError.self) {
                    try await shore.artifacts.completeUpload(
                        id,
                        at: path,
                        tags: wrong,
                        tenant: tenant
                    )
                }
            }
            try await shore.artifacts.completeUpload(
                id,
                at: path,
                tags: [first, second, third],
                tenant: tenant
            )
            #expect(try await shore.content("m/model.bin", of: tenant) == parts.flatMap { $0 })
            try await shore.collect(tenant, after: .zero)
            #expect(shore.files(of: tenant).count == 1)
            #expect(
                try await shore.number("SELECT bytes FROM hawser.artifact_usage", of: tenant)
                    == 300_002
            )
            await #expect(throws: RegistryError.self) {
                _ = try await send(1, [1], id, shore, tenant)
            }
        }
    }

    @Test func `an upload that is aborted, or never ended, goes with its parts`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            let path = try ArtifactPath("x")
            let aborted = try await shore.artifacts.beginUpload(of: path, parts: 2, tenant: tenant)
            _ = try await send(1, [1], aborted, shore, tenant)
            let forgotten = try await shore.artifacts.beginUpload(
                of: path,
                parts: 2,
                tenant: tenant
            )
            _ = try await send(1, [2], forgotten, shore, tenant)
            try await shore.artifacts.abortUpload(aborted, tenant: tenant)
            try await shore.artifacts.abortUpload(aborted, tenant: tenant)
            try await shore.collect(tenant, after: .zero)
            #expect(shore.files(of: tenant).count == 1)
            try await shore.collect(tenant, after: ArtifactLimits.uploadLife + .seconds(60))
            #expect(shore.files(of: tenant).isEmpty)
            #expect(
                try await shore.number("SELECT bytes FROM hawser.artifact_usage", of: tenant) == 0
            )
        }
    }

    @Test func `another tenant's upload is none`() async throws {
        try await withArtifacts { shore in
            let (first, second) = (try await shore.tenant("a"), try await shore.tenant("b"))
            let path = try ArtifactPath("x")
            let id = try await shore.artifacts.beginUpload(of: path, parts: 1, tenant: first)
            await #expect(throws: RegistryError.self) {
                _ = try await send(1, [1], id, shore, second)
            }
            await #expect(throws: RegistryError.self) {
                try await shore.artifacts.completeUpload(id, at: path, tags: [], tenant: second)
            }
        }
    }

    @Test func `a signature is of one object, one tenant and one time`() async throws {
        try await withArtifacts { shore in
            let keys = try ServerKeys(directory: shore.folder + "/keys", at: Self.now)
            let signer = ArtifactSigner(keys: keys)
            let grant = ArtifactSigner.Grant.part(upload: "u", number: 1)
            let (tenant, expires) = (TenantID(7), Self.now.milliseconds / 1000 + 60)
            let signature = signer.signature(of: grant, tenant: tenant, expires: expires)
            func isGood(
                _ signature: String,
                _ grant: ArtifactSigner.Grant,
                _ expires: Int64,
                tenant: Int64 = 7,
                at now: Timestamp = Self.now
            ) -> Bool {
                (try? signer.check(
                    signature,
                    of: grant,
                    tenant: TenantID(tenant),
                    expires: expires,
                    at: now
                )) != nil
            }
            #expect(isGood(signature, grant, expires))
            #expect(!isGood(signature, .part(upload: "u", number: 2), expires))
            #expect(!isGood(signature, .download(digest: "u", name: "1"), expires))
            #expect(!isGood(signature, grant, expires, tenant: 8))
            #expect(!isGood(signature, grant, expires + 1))
            #expect(!isGood(signature, grant, expires, at: Self.now + .seconds(60)))
            #expect(!isGood(String(signature.dropLast()), grant, expires))
            #expect(!isGood("", grant, expires))
        }
    }

    private static let now = Timestamp(milliseconds: 1_795_254_788_000)
}
