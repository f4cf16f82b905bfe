import Crypto
import FleetDelta
import FleetDeploy
import FleetModel
import FleetRuntime
import Glibc

/// Where artifacts lie aboard: one folder on one volume.
///
///     trees/<digest>/…          whole, verified, never changed
///     downloads/<digest>        deltas, as far as they are here
///     staging/<digest>/…        trees that are being made
///     slots/<slot>/current      → ../../trees/<digest>
///     slots/<slot>/shadow       the same of the candidate beside it
///
/// What has a name under `trees` was verified before it took it. Everything else may be torn, and is looked at
/// again or made anew.
package struct Shelf: Sendable {
    package let directory: String

    package init(directory: String) { self.directory = directory }

    /// Makes the folders where they are missing.
    package func prepare() throws {
        for folder in [trees, downloads, staging, slots] { try FolderWork.create(folder) }
    }

    var trees: String { directory + "/trees" }
    var downloads: String { directory + "/downloads" }
    var staging: String { directory + "/staging" }
    var slots: String { directory + "/slots" }

    package func path(_ tree: TreeDigest) -> String { "\(trees)/\(tree)" }

    package func path(delta: TreeDigest) -> String { "\(downloads)/\(delta)" }

    package func holds(_ tree: TreeDigest) -> Bool { FolderWork.exists(path(tree)) }

    package var freeBytes: UInt64 { FolderWork.free(directory) }

    /// Reads every byte of a tree and says whether it is what it is called.
    package func verify(_ tree: TreeDigest) -> Bool {
        (try? ArtifactTree.read(path(tree)))?.digest == tree.bytes
    }

    // MARK: Trees

    /// Carries out a delta, or goes on with it, and gives what comes of it its name.
    ///
    /// Takes its time, and a processor.
    ///
    /// - Parameter size: of the tree's files, as the order was signed: a delta that would make more is not
    ///   carried out.
    package func build(
        _ tree: TreeDigest,
        of size: UInt64,
        from delta: TreeDigest,
        bases: [TreeDigest]
    ) throws {
        guard !holds(tree) else { return }
        let workplace = "\(staging)/\(delta)"
        let decoder = DeltaDecoder(
            delta: path(delta: delta),
            base: try base(bases),
            staging: workplace,
            largestTree: min(Int(clamping: size), DeltaLimits.treeSize)
        )
        do {
            _ = try decoder.run(expecting: tree.bytes)
        } catch {
            if error.code == .file { throw full(error.reason) }
            try FolderWork.remove(workplace)
            throw DeployError(error.code == .wrongBase ? .notHeld : .wrong, error.reason)
        }
        try name(decoder.root, tree)
        try FolderWork.remove(workplace)
    }

    /// A tree that somebody carried aboard: copied, verified, named.
    package func adopt(_ tree: TreeDigest, from folder: String) throws {
        guard !holds(tree) else { return }
        let found = try ArtifactTree.read(folder)
        guard found.digest == tree.bytes else {
            throw DeployError(.damaged, "\(folder) is not the artifact \(tree)")
        }
        // A delta from nothing would be made and carried out only to copy: files are copied as they are, and
        // what was copied is read again.
        let workplace = "\(staging)/\(tree)"
        try FolderWork.remove(workplace)
        try FolderWork.create(workplace)
        do {
            for entry in found.entries {
                let target = "\(workplace)/\(entry.path)"
                try FolderWork.create(FolderWork.parent(of: target))
                try FileCopy.copy("\(folder)/\(entry.path)", to: target, mode: entry.mode)
            }
            try FileCopy.syncFolders(workplace)
            guard try ArtifactTree.read(workplace).digest == tree.bytes else {
                throw DeployError(.damaged, "\(folder) changed while it was copied")
            }
        } catch {
            try? FolderWork.remove(workplace)
            if error is DeployError { throw error }
            throw full("\(error)")
        }
        try name(workplace, tree)
    }

    /// What a delta is made from: the first tree, and the files of the others.
    private func base(_ bases: [TreeDigest]) throws -> DeltaBase {
        var first: (tree: ArtifactTree, root: String)?
        var others: [DeltaBase.File] = []
        for base in bases {
            guard holds(base) else {
                throw DeployError(.notHeld, "the delta is made from \(base), which is not here")
            }
            let root = path(base)
            let tree = try ArtifactTree.read(root)
            guard tree.digest == base.bytes else {
                throw DeployError(.notHeld, "\(root) is not what it was")
            }
            if first == nil {
                first = (tree, root)
                continue
            }
            others += tree.entries.map {
                DeltaBase.File(
                    path: nil,
                    location: "\(root)/\($0.path)",
                    size: $0.size,
                    digest: $0.digest
                )
            }
        }
        guard let first else { return DeltaBase(try ArtifactTree([]), at: staging) }
        return DeltaBase(first.tree, at: first.root, others: others)
    }

    /// From here on it is on the shelf.
    private func name(_ folder: String, _ tree: TreeDigest) throws {
        guard chmod(folder, 0o755) == 0 else { throw FileError("set the mode of", folder) }
        guard rename(folder, path(tree)) == 0 else {
            throw FileError("rename a new tree to", path(tree))
        }
        try AtomicFile.syncFolder(trees)
    }

    /// A refusal of the disk, with its reason if that is room.
    private func full(_ reason: String) -> DeployError {
        freeBytes < Aboard.margin
            ? DeployError(.full, "the disk that holds \(directory) is full")
            : DeployError(.file, reason)
    }

    // MARK: Room

    /// Takes away what nothing needs any more.
    ///
    /// - Returns: how many trees, deltas and half-made trees went.
    @discardableResult
    package func collect(needed: Set<TreeDigest>, wanted: Set<TreeDigest>) throws -> Int {
        var count = 0
        for name in try FolderWork.names(in: trees) {
            if let digest = TreeDigest(text: name), needed.contains(digest) { continue }
            // First out of sight: half a tree is never seen under a tree's name.
            let gone = "\(staging)/gone-\(name)"
            try FolderWork.remove(gone)
            guard rename("\(trees)/\(name)", gone) == 0 else {
                throw FileError("rename", "\(trees)/\(name)")
            }
            try FolderWork.remove(gone)
            count += 1
        }
        for folder in [downloads, staging] {
            for name in try FolderWork.names(in: folder) {
                let word = name.hasSuffix(".sums") ? String(name.dropLast(".sums".count)) : name
                if let digest = TreeDigest(text: word), wanted.contains(digest) { continue }
                // Another process may just be bringing it aboard.
                if name.hasPrefix("new-"), isFresh("\(folder)/\(name)") { continue }
                try FolderWork.remove("\(folder)/\(name)")
                count += 1
            }
        }
        return count
    }

    private func isFresh(_ path: String) -> Bool {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        guard let changed = FolderWork.changed(path) else { return false }
        return abs(changed.milliseconds / 1000 - Int64(time.tv_sec)) < 3600
    }
}
