import FleetDeploy
import FleetProtocol
import FleetRuntime

/// Orders and artifacts that somebody carried aboard: the same signed bytes as over the link.
///
///     *.directive                      signed directives, taken in the order of their names
///     trees/<digest>/…                 artifacts as they are
///     deltas/<tree>-<base>….delta      deltas; <tree>.delta needs nothing that is aboard
///
/// Names only help to find things: directives are verified by their signatures, and what comes of the rest by
/// the digests in the directives.
package struct OrderFolder: Sendable {
    package static let fileLimit = 4096

    /// What became of one file.
    package struct Line: Sendable, Equatable {
        package let file: String
        package let isTaken: Bool
        package let text: String
    }

    private let path: String
    private let desk: OrderDesk
    private let journal: DeploymentJournal
    private let shelf: Shelf

    package init(
        _ path: String,
        desk: OrderDesk,
        journal: DeploymentJournal,
        shelf: Shelf
    ) {
        self.path = path
        self.desk = desk
        self.journal = journal
        self.shelf = shelf
    }

    /// Takes what is in the folder. The slots' keepers do the rest, in the agent that runs.
    package func apply() async throws -> [Line] {
        let names = try FolderWork.names(in: path)
        guard names.count <= Self.fileLimit else {
            throw CommandError("\(path) has more than \(Self.fileLimit) files")
        }
        var lines: [Line] = []
        for name in names where name.hasSuffix(".directive") {
            let bytes = try AtomicFile.read("\(path)/\(name)", limit: SignedDirective.limit)
            let answer = try await desk.take(bytes, over: .folder)
            lines.append(
                Line(
                    file: name,
                    isTaken: answer.isTaken,
                    text: answer.isTaken ? "taken" : "\(answer.refusal): \(answer.reason)"
                )
            )
        }
        let book = try await journal.read()
        let wanted = book.slots.values.compactMap { state in
            state.task.flatMap { $0.phase == .downloading ? $0.digest : nil }
        }
        for digest in Set(wanted).sorted(by: { $0.description < $1.description }) {
            if let line = try await bring(digest) { lines.append(line) }
        }
        return lines
    }

    private func bring(_ tree: TreeDigest) async throws -> Line? {
        let folder = "\(path)/trees/\(tree)"
        let shelf = shelf
        if FolderWork.exists(folder) {
            do {
                try await OwnThread.run { try shelf.adopt(tree, from: folder) }
            } catch let error as DeployError {
                return Line(file: "trees/\(tree)", isTaken: false, text: error.reason)
            }
            try await journal.change { $0.staged(tree) }
            return Line(file: "trees/\(tree)", isTaken: true, text: "aboard")
        }
        for name in try FolderWork.names(in: "\(path)/deltas")
        where name.hasPrefix(tree.description) && name.hasSuffix(".delta") {
            let words = name.dropLast(".delta".count).split(separator: "-")
            let bases = words.dropFirst().compactMap { TreeDigest(text: String($0)) }
            guard bases.count == words.count - 1, bases.allSatisfy({ shelf.holds($0) }) else {
                continue
            }
            return try await take("\(path)/deltas/\(name)", name, tree, bases)
        }
        return nil
    }

    private func take(
        _ file: String,
        _ name: String,
        _ tree: TreeDigest,
        _ bases: [TreeDigest]
    ) async throws -> Line {
        let shelf = shelf
        let (delta, size) = try await OwnThread.run { try shelf.receive(file) }
        guard
            let offer = ArtifactOffer(
                content: delta.bytes,
                size: size,
                tree: tree.bytes,
                bases: bases.map(\.bytes)
            )
        else { return Line(file: name, isTaken: false, text: "it is made from too many trees") }
        try await desk.offered(offer)
        return Line(file: "deltas/\(name)", isTaken: true, text: "aboard, \(size) bytes")
    }
}
