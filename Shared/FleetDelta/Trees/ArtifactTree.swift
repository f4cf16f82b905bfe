import Crypto

/// A set of files with what they contain: what a version or a bundle is, wherever it lies.
///
/// Two trees are the same if their `digest` is.
package struct ArtifactTree: Sendable, Equatable {
    /// In the order of their paths' bytes.
    package let entries: [ArtifactEntry]

    /// Throws `.malformed` for paths that leave the root, occur twice or go through a file, and for anything
    /// beyond `DeltaLimits`.
    package init(_ entries: [ArtifactEntry]) throws(DeltaError) {
        guard entries.count <= DeltaLimits.files else {
            throw DeltaError(
                .tooLarge,
                "\(entries.count) files; an artifact has at most \(DeltaLimits.files)"
            )
        }
        let sorted = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let files = Set(sorted.map(\.path))
        var total = 0
        for (index, entry) in sorted.enumerated() {
            guard ArtifactEntry.isSafe(entry.path), entry.mode <= 0o777 else {
                throw DeltaError(
                    .malformed,
                    "an artifact's file can't have such a path or mode: \(entry.path)"
                )
            }
            guard index == 0 || sorted[index - 1].path != entry.path else {
                throw DeltaError(.malformed, "\(entry.path) occurs twice")
            }
            var folder = Substring(entry.path)
            while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
                folder = folder[..<slash]
                guard !files.contains(String(folder)) else {
                    throw DeltaError(.malformed, "\(folder) is a file and a folder")
                }
            }
            guard entry.size >= 0, entry.size <= DeltaLimits.treeSize - total else {
                throw DeltaError(.tooLarge, "an artifact has at most \(DeltaLimits.treeSize) bytes")
            }
            total += entry.size
        }
        self.entries = sorted
    }

    /// The canonical form: a line for the format, then one for each file:
    /// mode (three octal digits), size, SHA-256 (hexadecimal digits), path.
    package var canonical: [UInt8] {
        var text = Array("hawser tree 1\n".utf8)
        for entry in entries {
            text += Self.outline(entry).utf8
            text += entry.digest.flatMap(Self.hex)
            text += " \(entry.path)\n".utf8
        }
        return text
    }

    /// SHA-256 of the canonical form.
    package var digest: [UInt8] { Array(SHA256.hash(data: canonical)) }

    /// What a delta tells of the files: as the canonical form, without the first line and the digests.
    var listing: [UInt8] {
        var text: [UInt8] = []
        for entry in entries {
            text += Self.outline(entry).utf8
            text += "\(entry.path)\n".utf8
        }
        return text
    }

    private static func outline(_ entry: ArtifactEntry) -> String {
        let mode = String(entry.mode, radix: 8)
        return String(repeating: "0", count: 3 - mode.utf8.count) + mode + " \(entry.size) "
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// The files of a listing, without digests.
    init(listing: [UInt8]) throws(DeltaError) {
        var entries: [ArtifactEntry] = []
        for line in listing.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast()
        {
            let fields = line.split(
                separator: UInt8(ascii: " "),
                maxSplits: 2,
                omittingEmptySubsequences: false
            )
            guard fields.count == 3, entries.count <= DeltaLimits.files,
                let mode = UInt16(String(decoding: fields[0], as: UTF8.self), radix: 8),
                let size = Int(String(decoding: fields[1], as: UTF8.self)),
                let path = String(validating: fields[2], as: UTF8.self)
            else { throw DeltaError(.malformed, "a delta's listing has a line that names no file") }
            entries.append(ArtifactEntry(path: path, size: size, mode: mode, digest: []))
        }
        try self.init(entries)
        guard self.listing == listing else {
            throw DeltaError(.malformed, "a delta's listing is not as it should be written")
        }
    }
}
