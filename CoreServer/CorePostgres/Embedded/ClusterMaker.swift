import Foundation
import Glibc
import Logging

/// Makes a new cluster: beside its place first, so that a half-made one is never taken for real.
struct ClusterMaker {
    let files: ClusterFiles
    let account: ServerAccount
    let logger: Logger

    func make() throws {
        guard !files.exists(files.cluster) else {
            throw EmbeddedClusterError(
                "\(files.cluster) is no PostgreSQL cluster: move it out of the way"
            )
        }
        let programs = try PostgresPrograms.find()
        logger.info(
            "making a PostgreSQL cluster",
            metadata: ["directory": "\(files.cluster)", "version": "\(programs.majorVersion)"]
        )
        // What a killed attempt left.
        try? FileManager.default.removeItem(atPath: files.unfinished)
        guard mkdir(files.unfinished, 0o700) == 0 else {
            throw EmbeddedClusterError(
                "\(files.unfinished) can't be made: \(String(cString: strerror(errno)))"
            )
        }
        try account.adopt(files.unfinished)
        try initialise(programs)
        try configure()
        guard rename(files.unfinished, files.cluster) == 0 else {
            throw EmbeddedClusterError("\(files.unfinished) can't be renamed")
        }
        syncRoot()
    }

    private func initialise(_ programs: PostgresPrograms) throws {
        // The C locale sorts by bytes, the same on all machines and after any upgrade.
        let answer = try ChildProcess.run(
            account.command(
                programs.path("initdb"),
                [
                    "--pgdata", files.unfinished, "--username", "postgres", "--auth", "trust",
                    "--encoding", "UTF8", "--locale", "C", "--data-checksums",
                    "--no-instructions",
                ]
            )
        )
        guard answer.status == 0 else {
            let reason = answer.output.split(separator: "\n").last { $0.contains("error") }
            throw EmbeddedClusterError(
                "PostgreSQL's initdb failed in \(files.unfinished): \(reason ?? "is there space?")"
            )
        }
    }

    private func configure() throws {
        let main = "\(files.unfinished)/postgresql.conf"
        try files.write(
            (files.text(of: main) ?? "") + ClusterSettings.includes,
            to: main,
            for: account
        )
        try files.write(
            ClusterSettings.local,
            to: "\(files.unfinished)/local.conf",
            for: account
        )
        try files.write(
            ClusterSettings.authentication,
            to: "\(files.unfinished)/pg_hba.conf",
            for: account
        )
    }

    /// Makes the new name survive a power cut.
    private func syncRoot() {
        let descriptor = open(files.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
