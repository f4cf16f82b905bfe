import Glibc

/// Makes the delta from what a ship holds to a new tree.
///
/// Memory: the models' (at most 32 MiB), 16 MiB and 4 bytes for each byte of the base (at most 128 MiB, see
/// `MatchIndex`), the delta itself, and what the system likes to keep of the files' mapped pages.
package struct DeltaEncoder {
    private let base: DeltaBase
    private let tree: ArtifactTree
    private let root: String
    private let workspace: String
    private let frame: Int
    private let mayGoOn: @Sendable () -> Bool

    /// - Parameters:
    ///   - tree: the new tree, which lies at `root`.
    ///   - workspace: a directory for temporary files, as large as both trees.
    ///   - frame: new bytes in a frame: what a decoder that is killed may have to do again.
    ///   - mayGoOn: asked again and again; once it is not so, `encode` throws `.stopped`.
    package init(
        base: DeltaBase,
        tree: ArtifactTree,
        at root: String,
        workspace: String,
        frame: Int = DeltaLimits.frame,
        mayGoOn: @escaping @Sendable () -> Bool = { true }
    ) {
        precondition((1...DeltaLimits.frame).contains(frame), "a frame has 1 byte to 64 MiB")
        self.frame = frame
        self.mayGoOn = mayGoOn
        self.base = base
        self.tree = tree
        self.root = root
        self.workspace = workspace
    }

    /// The delta. The same inputs give the same bytes.
    package func encode() throws(DeltaError) -> (delta: [UInt8], report: DeltaReport) {
        var report = DeltaReport()
        let plan = self.plan()
        var delta = DeltaHeader.magic + [DeltaHeader.version] + base.fingerprint
        delta += try encodePlan(plan)
        report.listing = delta.count
        for (entry, source) in zip(tree.entries, plan.sources) where source != .told {
            report.held += entry.size
        }
        let told = plan.told(base)
        let old = try MappedFile(base.files.map { ($0.location, $0.size) }, workspace: workspace)
        let new = try MappedFile(
            told.map { (ArtifactTree.location(of: $0.entry.path, in: root), $0.entry.size) },
            workspace: workspace
        )
        guard new.bytes.count > 0 else { return (delta, report) }
        let search = RegionSearch(
            old: old.bytes,
            new: new.bytes,
            base: base,
            told: told,
            frame: frame,
            mayGoOn: mayGoOn
        )
        delta += try search.encode(&report)
        return (delta, report)
    }

    private func plan() -> DeltaPlan {
        var byDigest: [[UInt8]: Int] = [:]
        var byPath: [String: Int] = [:]
        for (number, file) in base.files.enumerated() {
            if byDigest[file.digest] == nil { byDigest[file.digest] = number }
            if let path = file.path { byPath[path] = number }
        }
        let sources = tree.entries.map { entry -> DeltaPlan.Source in
            if let number = byPath[entry.path], base.files[number].digest == entry.digest {
                return .held(number)
            }
            guard let number = byDigest[entry.digest] else { return .told }
            return .held(number)
        }
        return DeltaPlan(tree: tree, sources: sources)
    }

    private func encodePlan(_ plan: DeltaPlan) throws(DeltaError) -> [UInt8] {
        let listing = tree.listing
        let oldListing = base.tree.listing
        guard listing.count <= DeltaLimits.listing else {
            throw DeltaError(.tooLarge, "a listing of \(listing.count) bytes")
        }
        let parameters = FrameParameters(slotBits: 12, period: 0, trainingBits: 10)
        var coder = RegionCoder(bits: ArithmeticEncoder(), parameters: parameters)
        try Self.withBytes(oldListing, listing) { (old, new) throws(DeltaError) in
            var planner = RegionPlanner(old: old, new: new, index: MatchIndex(old))
            planner.plan(0..<new.count, counterpart: old.count > 0 ? 0 : nil)
            var content = MappedContent(old: old, new: new)
            coder.expect(old: 0)
            var left = new.count
            for region in planner.regions {
                _ = try coder.codeOutline(region, left: left)
                try coder.codeContent(region, &content)
                left -= region.length
            }
        }
        _ = try DeltaPlan.code(plan.sources, tree: tree, base: base, &coder)
        coder.bits.finish()
        let coded = coder.bits.bytes
        return FrameHeader(content: listing.count, coded: coded.count, parameters: parameters).bytes
            + coded
    }

    private static func withBytes(
        _ a: [UInt8],
        _ b: [UInt8],
        _ body: (Bytes, Bytes) throws(DeltaError) -> Void
    ) throws(DeltaError) {
        // An array without elements may have no address.
        let a = a + [0]
        let b = b + [0]
        try a.withUnsafeBufferPointer { (first) throws(DeltaError) in
            try b.withUnsafeBufferPointer { (second) throws(DeltaError) in
                guard let x = first.baseAddress, let y = second.baseAddress else { return }
                try body(
                    Bytes(start: x, count: first.count - 1),
                    Bytes(start: y, count: second.count - 1)
                )
            }
        }
    }
}
