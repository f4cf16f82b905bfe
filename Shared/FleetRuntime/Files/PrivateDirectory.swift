import Glibc

/// A folder that only our user may enter: keys, databases, staged artifacts.
package enum PrivateDirectory {
    /// Creates the folder and its missing parents with mode 0700; narrows one that is wider.
    ///
    /// - Throws: `FileError` if the path is something else, or belongs to another user.
    package static func create(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) != 0 {
            switch errno {
            case EEXIST:
                break
            case ENOENT:
                guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
                    throw FileError("create the folder", path, code: ENOENT)
                }
                try create(parent: String(path[..<slash]))
                guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                    throw FileError("create the folder", path)
                }
            default:
                throw FileError("create the folder", path)
            }
        }
        var information = stat()
        guard stat(path, &information) == 0 else { throw FileError("look at", path) }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            throw FileError("use", path, reason: "it is not a folder")
        }
        guard information.st_uid == geteuid() || geteuid() == 0 else {
            throw FileError("use", path, reason: "it belongs to another user")
        }
        if information.st_mode & 0o077 != 0, chmod(path, 0o700) != 0 {
            throw FileError("narrow the mode of", path)
        }
    }

    /// Parents that exist are left as they are: `/var/lib` is not ours to narrow.
    private static func create(parent path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError("create the folder", path)
        }
        try create(parent: String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FileError("create the folder", path)
        }
    }
}
