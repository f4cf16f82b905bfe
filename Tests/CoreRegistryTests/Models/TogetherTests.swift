import CoreAudit
import CoreDomain
import FleetModel
import FleetRuntime
import Testing

@testable import CoreRegistry

/// What many clients write at one moment.
@Suite(.timeLimit(.minutes(10)))
struct TogetherTests {
    @Test
    func `versions made at once have numbers without a gap, and an audit without one`()
        async throws
    {
        try await RegistryShore.lend { shore in
            let (pool, keys, folder, act) = (shore.pool, shore.keys, shore.folder, shore.act)
            let models = RegisteredModels(pool: pool)
            let versions = ModelVersions(
                pool: pool,
                releaseKey: try ReleaseKey(directory: folder)
            )
            for name in ["a", "b"] {
                _ = try await models.create(name, description: "", tags: [], act)
            }
            let made = await withTaskGroup { group in
                for number in 0..<90 {
                    group.addTask {
                        // Every third asks for a model that is not there.
                        let name = ["a", "b", "missing"][number % 3]
                        let tag = RegistryTag(key: "n", value: "\(number)")
                        return try? await versions.create(
                            of: name,
                            ModelVersions.Details(source: "s3://b/\(number)", tags: [tag, tag]),
                            act
                        )
                    }
                }
                var made: [ModelVersion] = []
                for await version in group { if let version { made.append(version) } }
                return made
            }
            for name in ["a", "b"] {
                let own = made.filter { $0.name == name }
                #expect(own.map(\.version).sorted() == Array(1...30))
            }
            #expect(made.count == 60)
            for version in made {
                // What was answered is what is there.
                let found = try await versions.find(
                    version.name,
                    "\(version.version)",
                    of: act.tenant
                )
                #expect(found.source == version.source)
                #expect(found.tags == version.tags)
                #expect(found.userName == version.userName)
                #expect(found.createdAt == version.createdAt)
            }
            let log = AuditLog(pool: pool, keys: keys, clock: .fixed(RegistryShore.now))
            let entries = try await log.page(of: act.tenant, AuditFilter(), limit: 1000)
                .map(\.entry)
            let targets = entries.filter { $0.action == "version.create" }.map(\.target)
            #expect(Set(targets) == Set(made.map { "model/\($0.name)/\($0.version)" }))
            #expect(targets.count == made.count)
            for (later, earlier) in zip(entries, entries.dropFirst()) {
                #expect(later.sequence == earlier.sequence + 1)
                #expect(later.previous == earlier.hash)
            }
        }
    }

    @Test func `aliases asked at once are each answered with their own`() async throws {
        try await RegistryShore.lend { shore in
            let (pool, folder, act) = (shore.pool, shore.folder, shore.act)
            let models = RegisteredModels(pool: pool)
            let versions = ModelVersions(
                pool: pool,
                releaseKey: try ReleaseKey(directory: folder)
            )
            for name in ["a", "b"] {
                _ = try await models.create(name, description: "", tags: [], act)
                for number in 1...3 {
                    _ = try await versions.create(
                        of: name,
                        ModelVersions.Details(
                            source: "s3://\(name)/\(number)",
                            tags: (0..<number).map { RegistryTag(key: "\($0)", value: name) }
                        ),
                        act
                    )
                    try await versions.setAlias("at-\(number)", of: name, to: "\(number)", act)
                }
                try await versions.setAlias("also", of: name, to: "3", act)
            }
            let answers = await withTaskGroup { group in
                for number in 0..<80 {
                    group.addTask {
                        let name = ["a", "b", "missing"][number % 3]
                        let alias = "at-\(number % 4 + 1)"
                        do {
                            let found = try await versions.find(name, alias: alias, of: act.tenant)
                            return ("\(name) \(alias)", found.source, found.tags.count)
                        } catch {
                            return ("\(name) \(alias)", "\(error)", 0)
                        }
                    }
                }
                var answers: [(wanted: String, source: String, tags: Int)] = []
                for await answer in group { answers.append(answer) }
                return answers
            }
            for (wanted, source, tags) in answers {
                let (name, number) = (wanted.prefix { $0 != " " }, Int(wanted.suffix(1)) ?? 0)
                switch (name, number) {
                case ("missing", _):
                    #expect(source.contains("Registered Model with name=missing not found"))
                case (_, 4): #expect(source.contains("Registered model alias at-4 not found."))
                default:
                    #expect(source == "s3://\(name)/\(number)")
                    #expect(tags == number)
                }
            }
            // A page has what stands at each of its versions, in order.
            let page = try await versions.search(
                of: act.tenant,
                filter: nil,
                order: ["name ASC", "version_number ASC"],
                limit: 5,
                token: nil
            )
            #expect(
                page.items.map(\.source) == [
                    "s3://a/1", "s3://a/2", "s3://a/3", "s3://b/1", "s3://b/2",
                ]
            )
            #expect(
                page.items.map { $0.tags.map(\.key) } == [
                    ["0"], ["0", "1"], ["0", "1", "2"], ["0"], ["0", "1"],
                ]
            )
            #expect(
                page.items.flatMap { $0.tags.map(\.value) } == [
                    "a", "a", "a", "a", "a", "a", "b", "b", "b",
                ]
            )
            #expect(
                page.items.map(\.aliases) == [
                    ["at-1"], ["at-2"], ["also", "at-3"], ["at-1"], ["at-2"],
                ]
            )
        }
    }

    @Test func `of batches logged at once the one that is refused takes no other with it`()
        async throws
    {
        try await RegistryShore.lend { shore in
            let (pool, act) = (shore.pool, shore.act)
            let runs = Runs(pool: pool)
            var ids: [String] = []
            for _ in 0..<4 {
                let run = try await runs.create(
                    in: "0",
                    name: nil,
                    userName: "",
                    start: 1,
                    tags: [],
                    act
                )
                ids.append(run.id)
            }
            let all = ids
            let refused = await withTaskGroup { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            try await runs.log(
                                metrics: [
                                    RunMetric(
                                        key: "loss",
                                        value: Double(number),
                                        at: Int64(number),
                                        step: Int64(number)
                                    )
                                ],
                                // Of each run only the first of these may stay.
                                params: [RegistryTag(key: "p", value: "\(number)")],
                                tags: [RegistryTag(key: "t\(number)", value: "x")],
                                to: all[number % 4],
                                of: act.tenant
                            )
                            return false
                        } catch {
                            return true
                        }
                    }
                }
                var refused = 0
                for await isRefused in group where isRefused { refused += 1 }
                return refused
            }
            #expect(refused == 36)
            for id in all {
                let run = try await runs.find(id, of: act.tenant)
                let param = run.params.first { $0.key == "p" }?.value
                // All of the one that won, nothing of the others.
                #expect(run.tags.contains { $0.key == "t\(param ?? "")" })
                #expect(run.tags.filter { $0.key.hasPrefix("t") }.count == 1)
                #expect(run.metrics.map { "\(Int($0.value))" } == [param])
            }
        }
    }
}
