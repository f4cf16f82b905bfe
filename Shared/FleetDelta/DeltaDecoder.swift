import Crypto
import Glibc

/// Carries out a delta: builds the new tree in a directory of its own.
///
/// Memory: at most 32 MiB for the models, 4 MiB of history, 1 MiB of the base, and the listing, whatever the
/// size of the files. Nothing of the base is changed.
///
/// Frames stand for themselves, so a decoder that was killed goes on behind the last whole one: it writes down
/// in `progress`, beside the tree, how far it came, after that much is on disk. What is lost is at most one
/// frame (64 MiB of new content, some seconds of work). The models are not kept: they are as large as a frame.
package struct DeltaDecoder {
    private let delta: String
    private let base: DeltaBase
    private let staging: String
    private let largestTree: Int

    /// - Parameters:
    ///   - delta: the delta's file, whole.
    ///   - largestTree: more bytes than this the new tree may not have.
    ///   - staging: a directory for this delta alone; the new tree is in its `tree` at the end.
    package init(
        delta: String,
        base: DeltaBase,
        staging: String,
        largestTree: Int = DeltaLimits.treeSize
    ) {
        self.largestTree = largestTree
        self.delta = delta
        self.base = base
        self.staging = staging
    }

    /// Where the new tree lies once `run` returned.
    package var root: String { staging + "/tree" }

    /// Builds the tree, or goes on building it, and verifies it.
    ///
    /// - Parameter digest: the new tree's; nothing may look at `root` before this returned.
    /// - Throws: `.malformed`, `.unsupported`, `.tooLarge` for the delta's bytes, `.wrongBase`, `.mismatch`,
    ///   `.file`. What lies in `staging` then is of use only to another `run` with the same delta.
    package func run(expecting digest: [UInt8]) throws(DeltaError) -> ArtifactTree {
        let descriptor = try FileBytes.open(delta)
        defer { close(descriptor) }
        let size = try FileBytes.size(descriptor, delta)
        try checkHeader(descriptor, size)
        try makeDirectory(staging)
        try makeDirectory(root)
        var offset = DeltaHeader.size
        let plan = try decodePlan(descriptor, size, &offset)
        let told = plan.told(base)
        let total = told.reduce(0) { $0 + $1.entry.size }
        var progress = try DecoderProgress.read(
            staging + "/progress",
            of: try FileBytes.digest(of: delta).digest
        )
        var content = StoredContent(
            base: BaseReader(base.files),
            output: DeltaOutput(root: root, files: told.map(\.entry))
        )
        defer { content.output.close() }
        if progress.offset > 0 {
            try content.output.resume(behind: progress.written)
            offset = progress.offset
        }
        while progress.written < total {
            progress.written += try decodeFrame(
                descriptor,
                size,
                &offset,
                told,
                total - progress.written,
                &content
            )
            progress.offset = offset
            try content.output.sync()
            if progress.written < total { try progress.write(staging + "/progress") }
        }
        guard offset == size else {
            throw DeltaError(.malformed, "\(size - offset) bytes behind the end of a delta")
        }
        _ = try content.output.current()
        return try finish(plan, expecting: digest)
    }

    private func makeDirectory(_ path: String) throws(DeltaError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw DeltaError.system("create", path)
        }
    }

    private func checkHeader(_ descriptor: Int32, _ size: Int) throws(DeltaError) {
        let bytes = try read(descriptor, 0, DeltaHeader.size)
        guard bytes.count == DeltaHeader.size, Array(bytes.prefix(3)) == DeltaHeader.magic else {
            throw DeltaError(.malformed, "\(delta) is no delta")
        }
        guard bytes[3] == DeltaHeader.version else {
            throw DeltaError(.unsupported, "a delta of format \(bytes[3]): update this program")
        }
        guard Array(bytes[4..<8]) == base.fingerprint else {
            throw DeltaError(.wrongBase, "the delta is for another base than the one that is here")
        }
    }

    private func read(
        _ descriptor: Int32,
        _ offset: Int,
        _ count: Int
    ) throws(DeltaError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, off_t(offset))
        guard got >= 0 else { throw DeltaError.system("read", delta) }
        return Array(bytes.prefix(got))
    }

    private func frame(
        _ descriptor: Int32,
        _ size: Int,
        _ offset: inout Int
    ) throws(DeltaError) -> (header: FrameHeader, coder: RegionCoder<ArithmeticDecoder>) {
        let bytes = try read(descriptor, offset, min(DeltaHeader.largestFrameHeader, size - offset))
        var length = 0
        let header = try FrameHeader(bytes, &length)
        offset += length
        guard header.coded <= size - offset else {
            throw DeltaError(.malformed, "a delta that ends before its frame")
        }
        let input = DeltaInput(descriptor: descriptor, range: offset..<offset + header.coded)
        offset += header.coded
        return (
            header,
            RegionCoder(bits: ArithmeticDecoder(input), parameters: header.parameters)
        )
    }

    private func decodePlan(
        _ descriptor: Int32,
        _ size: Int,
        _ offset: inout Int
    ) throws(DeltaError) -> DeltaPlan {
        var (header, coder) = try frame(descriptor, size, &offset)
        guard header.content <= DeltaLimits.listing else {
            throw DeltaError(.tooLarge, "a listing of \(header.content) bytes")
        }
        var content = ListingContent(old: base.tree.listing)
        coder.expect(old: 0)
        var left = header.content
        while left > 0 {
            let region = try coder.codeOutline(
                Region(kind: .literal, length: 0, old: 0),
                left: left
            )
            try coder.codeContent(region, &content)
            left -= region.length
            try check(coder)
        }
        let tree = try ArtifactTree(listing: content.new)
        guard tree.entries.reduce(0, { $0 + $1.size }) <= largestTree else {
            throw DeltaError(.tooLarge, "the artifact has more than \(largestTree) bytes")
        }
        let sources = try DeltaPlan.code([], tree: tree, base: base, &coder)
        try check(coder)
        return DeltaPlan(tree: tree, sources: sources)
    }

    private func check(_ coder: RegionCoder<ArithmeticDecoder>) throws(DeltaError) {
        guard !coder.bits.isExhausted else {
            throw DeltaError(.malformed, "a delta's frame ends before its content")
        }
    }

    /// Returns how many new bytes it told.
    private func decodeFrame(
        _ descriptor: Int32,
        _ size: Int,
        _ offset: inout Int,
        _ told: [(entry: ArtifactEntry, counterpart: Int?)],
        _ total: Int,
        _ content: inout StoredContent
    ) throws(DeltaError) -> Int {
        var (header, coder) = try frame(descriptor, size, &offset)
        guard header.content > 0, header.content <= total else {
            throw DeltaError(
                .malformed,
                "a frame of \(header.content) bytes where \(total) are left"
            )
        }
        var left = header.content
        while left > 0 {
            guard let file = try content.output.current() else { break }
            var inFile = min(left, file.size - content.output.offset)
            left -= inFile
            coder.expect(
                old: (told[content.output.number].counterpart ?? 0) + content.output.offset
            )
            while inFile > 0 {
                let region = try coder.codeOutline(
                    Region(kind: .literal, length: 0, old: 0),
                    left: inFile
                )
                try coder.codeContent(region, &content)
                inFile -= region.length
                try check(coder)
            }
        }
        return header.content
    }

    /// Puts the held files beside the told ones, and reads all once more as they lie there.
    private func finish(
        _ plan: DeltaPlan,
        expecting digest: [UInt8]
    ) throws(DeltaError) -> ArtifactTree {
        var entries: [ArtifactEntry] = []
        var folders: Set<String> = [root]
        for (entry, source) in zip(plan.tree.entries, plan.sources) {
            let path = "\(root)/\(entry.path)"
            if case .held(let number) = source {
                try FileBytes.makeFolders(above: entry.path, in: root)
                try FileBytes.copy(base.files[number].location, count: entry.size, to: path)
            }
            var folder = Substring(path)
            while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")),
                slash > root.utf8.endIndex
            {
                folder = folder[..<slash]
                folders.insert(String(folder))
            }
            let (size, digest) = try FileBytes.digest(of: path)
            guard chmod(path, mode_t(entry.mode)) == 0 else {
                throw DeltaError.system("set the mode of", path)
            }
            guard size == entry.size else {
                throw DeltaError(
                    .mismatch,
                    "\(entry.path) came out with \(size) bytes, not \(entry.size)"
                )
            }
            entries.append(
                ArtifactEntry(path: entry.path, size: entry.size, mode: entry.mode, digest: digest)
            )
        }
        // Folders too are to outlive a power cut.
        for folder in folders { try FileBytes.syncFolder(folder) }
        let tree = try ArtifactTree(entries)
        guard tree.digest == digest else {
            throw DeltaError(.mismatch, "what the delta made is not the artifact that was ordered")
        }
        return tree
    }
}
