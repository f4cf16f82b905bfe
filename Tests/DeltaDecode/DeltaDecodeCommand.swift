import ArgumentParser
import FleetDelta
import FleetRuntime
import Glibc

/// Carries out one delta, as a ship does, in a process of its own: to be measured, and to be killed.
struct DeltaDecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta-decode",
        abstract: "Carry out a delta; print the peak of resident memory and the processor's time."
    )

    @Argument(help: "The delta's file.")
    var delta: String

    @Argument(help: "The file or folder that it was made from.")
    var base: String

    @Argument(help: "A folder for the new tree.")
    var staging: String

    @Argument(help: "SHA-256 of the new tree's canonical form, in hexadecimal digits.")
    var digest: String

    func run() async throws {
        let held = DeltaBase(try ArtifactTree.read(base), at: base)
        // In millionths on every system of POSIX; the macro is not visible to Swift.
        let started = clock()
        _ = try DeltaDecoder(delta: delta, base: held, staging: staging).run(expecting: bytes())
        let seconds = Double(clock() - started) / 1_000_000
        StandardStreams.out("{\"peak_bytes\":\(try peak()),\"cpu_seconds\":\(seconds)}")
    }

    private func bytes() throws -> [UInt8] {
        let digits = digest.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, digest.utf8.count == 64 else {
            throw CommandError("a digest has 64 hexadecimal digits")
        }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// The most memory of this process that was ever in the machine at once. Not `getrusage`'s: that goes on
    /// from whatever the process was before it became this program.
    private func peak() throws -> Int {
        let text = String(
            decoding: try AtomicFile.read("/proc/self/status", limit: 65_536),
            as: UTF8.self
        )
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard
            let size = line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
                .flatMap({ Int($0) })
        else { throw CommandError("the system does not say how much memory was used") }
        return size * 1024
    }
}
