import ArgumentParser
import Crypto
import FleetIdentity
import FleetRuntime
import Foundation
import NIOCore
import NIOHTTP1

/// `hawser bundles pull`.
struct PullBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Write the files of a version into a new directory.",
        discussion: """
            Each is held against the digest of the manifest, and the directory is there once all of them \
            are. The version is a number, or an alias:

              hawser bundles pull agent 3 ./conf
              hawser bundles pull agent live ./conf

            With the shore's release.pub, which you had from whoever runs it, the manifest's signature is \
            checked as well:

              hawser bundles pull agent live ./conf --release-key release.pub
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Argument(help: "The version's number, or an alias.")
    var version: String

    @Argument(help: "The directory that is made.")
    var directory: String

    @Option(help: "File with the public release key that has to have signed the version.")
    var releaseKey: String?

    func run() async throws {
        let key = try releaseKey.map(BundleManifest.releaseKey)
        let target = NSString(string: directory).expandingTildeInPath
        guard !FileManager.default.fileExists(atPath: target) else {
            throw CommandError(
                "\(target) exists already",
                hint: "name a directory that is not there"
            )
        }
        let staging = "\(target).pull-\(UUID().uuidString)"
        do {
            let (number, count) = try await connection.withClient { client in
                try await pull(into: staging, signedBy: key, client)
            }
            try FileManager.default.moveItem(atPath: staging, toPath: target)
            StandardStreams.out("version \(number) of \(bundle): \(count) file(s) in \(target)")
        } catch {
            try? FileManager.default.removeItem(atPath: staging)
            throw error
        }
    }

    private func pull(
        into folder: String,
        signedBy key: Curve25519.Signing.PublicKey?,
        _ client: ShoreClient
    ) async throws -> (Int64, Int) {
        let number = try await number(client)
        let path = "\(VersionsCommand.path(of: bundle))/\(number)"
        guard let manifest = try await BundleManifest.find(path, signedBy: key, client) else {
            throw CommandError("the shore's store has no version \(number) of \(bundle) with files")
        }
        for file in manifest.files { try await write(file, of: number, into: folder, client) }
        return (number, manifest.files.count)
    }

    private func number(_ client: ShoreClient) async throws -> Int64 {
        if let number = Int64(version) { return number }
        let model = try await client.ask(.GET, Resources.Models.path(of: bundle)).json
        guard case .integer(let number)? = model["aliases"]?[version] else {
            throw CommandError("\(bundle) has no alias \(version)")
        }
        return number
    }

    private func write(
        _ file: BundleManifest.File,
        of number: Int64,
        into folder: String,
        _ client: ShoreClient
    ) async throws {
        let names = file.path.split(separator: "/", omittingEmptySubsequences: false)
        // The shore refuses such paths; what is written here is this program's affair all the same.
        guard names.allSatisfy({ !["", ".", ".."].contains($0) }), !file.path.utf8.contains(0)
        else {
            throw CommandError("the manifest has a path that leads elsewhere")
        }
        let place = "\(folder)/\(file.path)"
        let home = "\(folder)/\(names.dropLast().joined(separator: "/"))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: place, contents: nil),
            let handle = FileHandle(forWritingAtPath: place)
        else { throw CommandError("\(place) can't be written") }
        defer { try? handle.close() }
        var hash = SHA256()
        var size: Int64 = 0
        try await client.stream(
            "\(Resources.Bundles.path(of: bundle))/versions/\(number)/file",
            query: [("path", file.path)],
            accept: "application/octet-stream"
        ) { piece in
            size += Int64(piece.readableBytes)
            guard size <= file.size else {
                throw CommandError("\(file.path) is longer than it was")
            }
            let bytes = Data(piece.readableBytesView)
            hash.update(data: bytes)
            try handle.write(contentsOf: bytes)
        }
        guard size == file.size, Hexadecimal.text(hash.finalize()) == file.sha256 else {
            throw CommandError("\(file.path) is not what the manifest says: it is damaged")
        }
    }
}
