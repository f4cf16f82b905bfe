import ArgumentParser
import FleetDelta
import FleetIdentity
import FleetRuntime
import FleetTestSupport
import Foundation

/// What it takes to tell a new file or tree to whoever has the old one.
struct DeltaBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta",
        abstract:
            "Bytes, time and memory of a delta between two files or folders, beside its peers.",
        discussion: """
            Makes the delta, carries it out in a process of its own and compares what came out, byte \
            by byte. xdelta3, bsdiff and zstd --patch-from do the same where they are installed (on a \
            tar of each folder, files by name, without times). One JSON object on standard output.
            """
    )

    @Argument(help: "The file or folder that the ship holds.")
    var old: String

    @Argument(help: "The file or folder that it is to have.")
    var new: String

    @Flag(help: "Leave the other programs out.")
    var alone = false

    @Flag(help: "Has no effect: the output is always one JSON object.")
    var json = false

    func run() async throws {
        let result = try await withTemporaryDirectory { directory in
            try await measure(in: directory)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        StandardStreams.out(String(decoding: try encoder.encode(result), as: UTF8.self))
    }

    private func measure(in directory: String) async throws -> DeltaFigures {
        let tree = try ArtifactTree.read(new)
        let base = DeltaBase(try ArtifactTree.read(old), at: old)
        let started = ProcessorTime.seconds
        let (delta, report) = try DeltaEncoder(
            base: base,
            tree: tree,
            at: new,
            workspace: directory
        )
        .encode()
        let encoding = ProcessorTime.seconds - started
        try AtomicFile.write(delta, to: directory + "/delta", mode: 0o600)
        let digest = Hexadecimal.text(tree.digest)
        let clock = ContinuousClock()
        let begun = clock.now
        let decoded = try await Self.output(
            try Products.path("delta-decode"),
            [directory + "/delta", old, directory + "/made", digest]
        )
        let elapsed = clock.now - begun
        let costs = try JSONDecoder().decode(DecodeCosts.self, from: Data(decoded.utf8))
        guard try ArtifactTree.read(directory + "/made/tree").digest == tree.digest else {
            throw CommandError("what came out of the delta is not \(new)")
        }
        return DeltaFigures(
            bytes: delta.count,
            method: report.method,
            new_bytes: tree.entries.reduce(0) { $0 + $1.size },
            held_bytes: report.held,
            listing_bytes: report.listing,
            methods: Dictionary(
                uniqueKeysWithValues: report.methods.map { method, share in
                    (method.rawValue, .init(content: share.content, coded: share.coded))
                }
            ),
            encode_cpu_seconds: encoding,
            decode_cpu_seconds: costs.cpu_seconds,
            decode_seconds: elapsed / .seconds(1),
            decode_peak_bytes: costs.peak_bytes,
            peers: alone ? nil : try await DeltaPeers(old: old, new: new, in: directory).sizes()
        )
    }

    private struct DecodeCosts: Decodable {
        let peak_bytes: Int
        let cpu_seconds: Double
    }

    /// What a program writes, once it has ended well.
    static func output(_ program: String, _ arguments: [String]) async throws -> String {
        let process = try ProcessRunner(program, arguments).start()
        let status = try await process.waitForExit(timeout: .seconds(3600))
        guard status.isSuccess else {
            throw CommandError("\(program) ended with \(status): \(process.standardError)")
        }
        return process.standardOutput
    }
}
