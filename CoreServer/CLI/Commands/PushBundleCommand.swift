import ArgumentParser
import AsyncHTTPClient
import FleetRuntime

/// `hawser bundles push`.
struct PushBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Make a version of all files below a directory.",
        discussion: """
            Checked against the bundle's schema, signed, and from then on nobody can change them. All of \
            them or none: what is refused leaves nothing behind.

              hawser bundles create name=agent schema="$(cat schema.json)" schema_files='*.yaml'
              hawser bundles push agent ./conf --description 'slower polling'
              hawser promote agent 1 live
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Argument(help: "The directory.")
    var directory: String

    @Option(help: "Of the version, for people.")
    var description: String = ""

    func run() async throws {
        let tar = try DirectoryTar(of: directory)
        let path = "\(Resources.Bundles.path(of: bundle))/tar"
        let query = description.isEmpty ? [] : [("description", description)]
        let made = try await connection.withClient { client in
            try await client.upload(
                path,
                query: query,
                .stream(tar, length: .known(tar.length)),
                type: "application/x-tar"
            ).json
        }
        guard connection.output == .table else { return StandardStreams.out(made.prettyText) }
        let number = made["version"]?.cell ?? "?"
        StandardStreams.out("version \(number) of \(bundle) is made of \(tar.files.count) file(s)")
    }
}
