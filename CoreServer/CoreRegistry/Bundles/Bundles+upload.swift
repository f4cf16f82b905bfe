import CoreDomain
import FleetModel

extension Bundles {
    /// Makes a version of the files of a tar: stored one by one as they come, and a version's once all
    /// are there and as the schema has them. What never becomes a version's goes again.
    ///
    /// - Throws: `RegistryError` `invalid` for what is no tar, and for what no bundle has: links, devices,
    ///   names that lead elsewhere.
    package func createVersion<Body: AsyncSequence & Sendable>(
        of name: String,
        tar body: Body,
        description: String,
        _ act: Act
    ) async throws -> ModelVersion where Body.Element == [UInt8] {
        _ = try await find(name, of: act.tenant)
        try RegistryText.check(description, "description", atMost: 5000)
        let root = try ArtifactPath("bundles/\(Self.uploads)\(RegistryID.random())")
        do {
            try await store(TarReader(body), below: root, of: act.tenant)
            return try await createVersion(
                of: name,
                from: "mlflow-artifacts:/\(root.text)",
                description: description,
                tags: [],
                act
            )
        } catch {
            // If not even this succeeds, the collection finds them.
            try? await artifacts.delete(root, of: act.tenant)
            throw error
        }
    }

    /// Small files are stored side by side, since each costs more than its bytes do.
    private func store<Body: AsyncSequence & Sendable>(
        _ reader: TarReader<Body>,
        below root: ArtifactPath,
        of tenant: TenantID
    ) async throws where Body.Element == [UInt8] {
        var tree = TarTree()
        try await withThrowingTaskGroup(of: Void.self) { [artifacts] group in
            var running = 0
            while let entry = try await reader.next() {
                let path = try Self.path(of: entry.name)
                try tree.add(path, size: entry.size)
                let place = try root.appending(path)
                guard entry.size <= TarLimits.smallBytes else {
                    try await artifacts.put(
                        place,
                        of: tenant,
                        length: entry.size,
                        body: TarFile(reader: reader)
                    )
                    continue
                }
                var content: [UInt8] = []
                while let piece = try await reader.bytes() { content += piece }
                if running == TarLimits.sideBySide {
                    try await group.next()
                    running -= 1
                }
                running += 1
                let whole = InOnePiece(content: content)
                group.addTask {
                    _ = try await artifacts.put(
                        place,
                        of: tenant,
                        length: entry.size,
                        body: whole
                    )
                }
            }
            try await group.waitForAll()
        }
        guard !tree.isEmpty else { throw RegistryError.invalid("the tar has no files") }
    }

    /// Tars of a directory's content name it `./a/b`.
    ///
    /// - Throws: `RegistryError` `invalid`.
    private static func path(of name: String) throws(RegistryError) -> ArtifactPath {
        var name = Substring(name)
        while name.hasPrefix("./") { name = name.dropFirst(2) }
        guard !name.hasSuffix("/") else {
            throw .invalid("the tar has a file \(name.prefix(200).debugDescription) without a name")
        }
        return try ArtifactPath(name)
    }
}

/// Bytes that are here already, for whoever reads them in pieces.
private struct InOnePiece: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: [UInt8]?

        mutating func next() async -> [UInt8]? { rest.take() }
    }

    let content: [UInt8]

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: content) }
}
