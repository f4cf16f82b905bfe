import Glibc

/// The user PostgreSQL runs as: ourselves, or `postgres` when we are root, as it refuses root.
package struct ServerAccount: Sendable {
    package let userID: uid_t
    package let groupID: gid_t
    /// What to put in front of a command.
    private let prefix: [String]

    package static func choose() throws -> ServerAccount {
        guard geteuid() == 0 else {
            return ServerAccount(userID: geteuid(), groupID: getegid(), prefix: [])
        }
        guard let entry = getpwnam("postgres") else {
            throw EmbeddedClusterError(
                "PostgreSQL refuses to run as root and there is no user postgres: "
                    + "start core-server as another user, or useradd --system postgres"
            )
        }
        let (userID, groupID) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        return ServerAccount(
            userID: userID,
            groupID: groupID,
            prefix: try switching(to: userID, groupID)
        )
    }

    /// The command as this user.
    package func command(_ program: String, _ arguments: [String]) -> [String] {
        prefix + [program] + arguments
    }

    /// Gives the file or directory to this user.
    package func adopt(_ path: String) throws {
        guard geteuid() == 0 else { return }
        guard chown(path, userID, groupID) == 0 else {
            throw EmbeddedClusterError("\(path) can't be given to the user postgres")
        }
    }

    /// Throws with the name of the first directory this user can't enter on its way.
    package func checkReach(of directory: String) throws {
        guard !prefix.isEmpty else { return }
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/\(part)"
            let answer = try ChildProcess.run(
                command("/bin/sh", ["-c", "test -x \"$1\"", "sh", path])
            )
            guard answer.status == 0 else {
                throw EmbeddedClusterError(
                    "The user postgres can't enter \(path), which leads to the database: "
                        + "chmod o+x \(path), or choose another --data directory"
                )
            }
        }
    }

    private static func switching(to userID: uid_t, _ groupID: gid_t) throws -> [String] {
        for directory in ["/usr/bin", "/bin", "/usr/local/bin"] {
            let program = "\(directory)/setpriv"
            if access(program, X_OK) == 0 {
                return [
                    program, "--reuid=\(userID)", "--regid=\(groupID)", "--init-groups", "--",
                ]
            }
        }
        for directory in ["/usr/sbin", "/sbin", "/usr/bin"] {
            let program = "\(directory)/runuser"
            if access(program, X_OK) == 0 { return [program, "-u", "postgres", "--"] }
        }
        throw EmbeddedClusterError(
            "Neither setpriv nor runuser was found: apt-get install util-linux"
        )
    }
}
