import CoreDomain
import CorePostgres
import CoreRegistry
import Dispatch
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Files by their paths, each content once.
@Suite(.timeLimit(.minutes(10)))
struct ArtifactsTests {
    private static let grace = ArtifactLimits.grace + .seconds(60)

    @Test func `content is stored once, whatever shows it, and goes when nothing does`()
        async throws
    {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            let content = [UInt8](repeating: 9, count: 200_000)
            try await shore.put("a", content, of: tenant)
            try await shore.put("b/c", content, of: tenant)
            #expect(shore.files(of: tenant).count == 1)
            #expect(try await shore.content("b/c", of: tenant) == content)
            let use = "SELECT bytes FROM hawser.artifact_usage"
            #expect(try await shore.number(use, of: tenant) == 200_000)
            try await shore.artifacts.delete(ArtifactPath("a"), of: tenant)
            try await shore.collect(tenant, after: Self.grace)
            #expect(try await shore.content("b/c", of: tenant) == content)
            try await shore.artifacts.delete(ArtifactPath("b"), of: tenant)
            // Whoever is on the way to it still finds it.
            try await shore.collect(tenant, after: .zero)
            #expect(shore.files(of: tenant).count == 1)
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).isEmpty)
            #expect(try await shore.number(use, of: tenant) == 0)
        }
    }

    @Test func `tenants share nothing, not even content`() async throws {
        try await withArtifacts { shore in
            let (first, second) = (try await shore.tenant("a"), try await shore.tenant("b"))
            try await shore.put("x", [1, 2, 3], of: first)
            await #expect(throws: RegistryError.self) {
                _ = try await shore.content("x", of: second)
            }
            #expect(try await shore.artifacts.list(.root, of: second).isEmpty)
            try await shore.put("x", [1, 2, 3], of: second)
            #expect(shore.files(of: first).count == 1)
            #expect(shore.files(of: second).count == 1)
            try await shore.artifacts.delete(ArtifactPath("x"), of: second)
            #expect(try await shore.content("x", of: first) == [1, 2, 3])
        }
    }

    @Test func `what a transaction is about to enter is no orphan`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            let digest = try await shore.put("a", [1, 2, 3], of: tenant).digest
            let location = try #require(shore.files(of: tenant).first).split(separator: "/")
                .suffix(2).joined(separator: "/")
            let key = try await shore.number(
                "SELECT key_number FROM hawser.artifact_blobs",
                of: tenant
            )
            try await shore.run(
                "DELETE FROM hawser.artifact_files; DELETE FROM hawser.artifact_blobs",
                of: tenant
            )
            let enter = """
                INSERT INTO hawser.artifact_blobs
                    (tenant_id, digest, size, location, key_number, stored_at)
                VALUES (\(tenant.rawValue), sha256('\\x010203'), 3, '\(location)', \(key), now())
                """
            let hasEntered = DispatchSemaphore(value: 0)
            // As PostgreSQL goes on with what a server sent that is no more.
            async let entering: Void = shore.pool.transaction(tenant: tenant) { connection in
                try connection.run(script: enter)
                hasEntered.signal()
                try connection.run(script: "SELECT pg_sleep(2)")
            }
            try await eventually("the row is entered") { Self.isSignalled(hasEntered) }
            try await shore.collect(tenant, after: Self.grace)
            try await entering
            let download = try await shore.artifacts.open(digest: digest, of: tenant)
            #expect(try await shore.content(download, of: tenant) == [1, 2, 3])
            // Without such a transaction it is one.
            try await shore.run("DELETE FROM hawser.artifact_blobs", of: tenant)
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).isEmpty)
        }
    }

    private static func isSignalled(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now()) == .success
    }

    @Test func `an upload that breaks off shows nothing and leaves nothing`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("a", [1], of: tenant)
            await #expect(throws: Pieces.Broken.self) {
                try await shore.artifacts.put(
                    ArtifactPath("a"),
                    of: tenant,
                    length: nil,
                    body: Pieces(content: [UInt8](repeating: 2, count: 900_000), isBroken: true)
                )
            }
            await #expect(throws: RegistryError.self) {
                try await shore.artifacts.put(
                    ArtifactPath("b"),
                    of: tenant,
                    length: 11,
                    body: Pieces(content: [2])
                )
            }
            #expect(try await shore.content("a", of: tenant) == [1])
            #expect(try await shore.artifacts.list(.root, of: tenant).map(\.name) == ["a"])
            #expect(shore.files(of: tenant).count == 1)
        }
    }

    @Test func `what a killed process left behind is collected, and nothing else`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("a", [1], of: tenant)
            let kept = try #require(shore.files(of: tenant).first)
            let home = "\(shore.folder)/artifacts/\(tenant.rawValue)"
            let name = String(repeating: "0", count: 32)
            for folder in ["00", "incoming"] {
                try FileManager.default.createDirectory(
                    atPath: "\(home)/\(folder)",
                    withIntermediateDirectories: true
                )
                try Data([1]).write(to: URL(filePath: "\(home)/\(folder)/\(name)"))
            }
            try await shore.collect(tenant, after: .zero)
            #expect(shore.files(of: tenant).count == 3)
            try await shore.collect(tenant, after: .seconds(90_000))
            #expect(shore.files(of: tenant) == [kept])
        }
    }

    @Test func `directories are listed as they are, whatever is in them`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "a-b", "a.b", "a0", "b", "ü", "日本", "z z", "%", "_", "a!"]
        var paths: Set<String> = []
        while paths.count < 60 {
            let depth = Int.random(in: 1...4, using: &generator)
            let path = (0..<depth).map { _ in names.randomElement(using: &generator) ?? "a" }
                .joined(separator: "/")
            let isFree = !paths.contains {
                $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/")
            }
            if isFree { paths.insert(path) }
        }
        let all = paths
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            for path in all { try await shore.put(path, Array(path.utf8), of: tenant) }
            var directories: Set<String> = [""]
            for path in all {
                var parts = path.split(separator: "/").dropLast()
                while !parts.isEmpty {
                    directories.insert(parts.joined(separator: "/"))
                    parts = parts.dropLast()
                }
            }
            for directory in directories {
                let prefix = directory.isEmpty ? "" : directory + "/"
                var expected: [String: Int64?] = [:]
                for path in all where path.hasPrefix(prefix) {
                    let rest = path.dropFirst(prefix.count).split(separator: "/")
                    expected[String(rest[0])] =
                        rest.count > 1 ? .some(nil) : Int64(path.utf8.count)
                }
                let place = directory.isEmpty ? ArtifactPath.root : try ArtifactPath(directory)
                let found = try await shore.artifacts.list(place, of: tenant)
                #expect(
                    Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.size) }) == expected,
                    "seed \(seed): \(directory)"
                )
            }
        }
    }

    @Test func `a file is in no file's place, and no directory's`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("a/b", [1], of: tenant)
            for path in ["a", "a/b/c", "a/b/c/d"] {
                await #expect(throws: RegistryError.self) {
                    try await shore.put(path, [2], of: tenant)
                }
            }
            #expect(shore.files(of: tenant).count == 1)
        }
    }

    @Test func `a tenant's limit holds, and names itself`() async throws {
        try await withArtifacts(quota: Quota([.artifactBytes: 1000])) { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("a", [UInt8](repeating: 1, count: 600), of: tenant)
            // The same once more takes no room.
            try await shore.put("b", [UInt8](repeating: 1, count: 300), of: tenant)
            do {
                try await shore.put("c", [UInt8](repeating: 2, count: 600), of: tenant)
                Issue.record("it was taken")
            } catch let error as DomainError {
                #expect(error.code == .quotaExceeded)
                #expect(error.limit == "artifact_bytes")
            }
            #expect(shore.files(of: tenant).count == 2)
        }
    }

    @Test func `a damaged file is told as one, found by the scrub, and mended by an upload`()
        async throws
    {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            let content = [UInt8](repeating: 5, count: 400_000)
            try await shore.put("a", content, of: tenant)
            try await shore.put("fine", [1, 2], of: tenant)
            let path = try #require(
                shore.files(of: tenant).max { left, right in
                    let sizes = [left, right].map {
                        (try? FileManager.default.attributesOfItem(atPath: $0)[.size]) as? Int ?? 0
                    }
                    return sizes[0] < sizes[1]
                }
            )
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[300_000] ^= 1
            try bytes.write(to: URL(filePath: path))
            await #expect(throws: RegistryError.self) {
                _ = try await shore.content("a", of: tenant)
            }
            let damaged = "SELECT count(*) FROM hawser.artifact_blobs WHERE is_damaged"
            #expect(try await shore.number(damaged, of: tenant) == 1)
            // Again from the beginning, as if nobody had read it.
            try await shore.run(
                "UPDATE hawser.artifact_blobs SET is_damaged = false, checked_at = NULL",
                of: tenant
            )
            let scrub = ArtifactScrub(shore.artifacts)
            let before = ArtifactShore.clock.now() - .seconds(60)
            #expect(try await !scrub.run(tenant, before: before, damagedBefore: before))
            #expect(try await shore.number(damaged, of: tenant) == 1)
            #expect(
                try await shore.number(
                    "SELECT count(*) FROM hawser.artifact_blobs WHERE checked_at IS NULL",
                    of: tenant
                ) == 0
            )
            try await shore.put("elsewhere", content, of: tenant)
            #expect(try await shore.content("a", of: tenant) == content)
            #expect(try await shore.number(damaged, of: tenant) == 0)
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).count == 2)
        }
    }

    @Test func `a download goes on whatever becomes of the file meanwhile`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            let content = [UInt8](repeating: 5, count: 900_000)
            try await shore.put("a", content, of: tenant)
            let download = try await shore.artifacts.open(ArtifactPath("a"), of: tenant)
            try await shore.artifacts.delete(ArtifactPath("a"), of: tenant)
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).isEmpty)
            #expect(try await shore.content(download, of: tenant) == content)
        }
    }

    @Test func `after a rotation of keys all stays readable`() async throws {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("old", [1, 2, 3], of: tenant)
            _ = try await shore.vault.rotate(
                tenant,
                at: ArtifactShore.clock.now(),
                for: .command("test")
            )
            try await shore.put("new", [4], of: tenant)
            #expect(try await shore.content("old", of: tenant) == [1, 2, 3])
            #expect(try await shore.content("new", of: tenant) == [4])
        }
    }

    @Test func `a registered version's files are neither changed nor deleted nor collected`()
        async throws
    {
        try await withArtifacts { shore in
            let tenant = try await shore.tenant("acme")
            try await shore.put("1/m/MLmodel", [1], of: tenant)
            try await shore.put("1/m/log", [2], of: tenant)
            try await shore.run(
                """
                INSERT INTO hawser.registered_models
                    (tenant_id, registered_model_id, name, created_at, updated_at)
                VALUES (\(tenant.rawValue), 5, 'pump', 0, 0);
                INSERT INTO hawser.model_versions
                    (tenant_id, registered_model_id, version, source, storage_location, status,
                    created_at, updated_at)
                VALUES (\(tenant.rawValue), 5, 1, '', '', 3, 0, 0);
                INSERT INTO hawser.model_version_files
                    (tenant_id, registered_model_id, version, path, source_path, digest, size)
                SELECT tenant_id, 5, 1, 'MLmodel', path, digest, size FROM hawser.artifact_files
                WHERE path = '1/m/MLmodel';
                """,
                of: tenant
            )
            let path = try ArtifactPath("1/m")
            for attempt in [
                { try await shore.artifacts.delete(path, of: tenant) },
                { try await shore.artifacts.delete(ArtifactPath("1/m/MLmodel"), of: tenant) },
                { _ = try await shore.put("1/m/MLmodel", [3], of: tenant) },
            ] as [@Sendable () async throws -> Void] {
                do {
                    try await attempt()
                    Issue.record("it was done")
                } catch let error as RegistryError {
                    #expect(error.message.contains("version 1 of registered model 'pump'"))
                }
            }
            // The same once more, and what is beside it, are free.
            try await shore.put("1/m/MLmodel", [1], of: tenant)
            try await shore.put("1/m/log", [4], of: tenant)
            #expect(try await shore.content("1/m/MLmodel", of: tenant) == [1])
            // Even where its path is gone: it is the version's.
            try await shore.run(
                "DELETE FROM hawser.artifact_files WHERE path = '1/m/MLmodel'",
                of: tenant
            )
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).count == 2)
            try await shore.run("DELETE FROM hawser.registered_models", of: tenant)
            try await shore.collect(tenant, after: Self.grace)
            #expect(shore.files(of: tenant).count == 1)
        }
    }
}
