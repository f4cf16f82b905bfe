import Glibc

/// Connections are files, and the usual limit of 1,024 is fewer than a fleet.
enum OpenFiles {
    /// Raises the soft limit to the hard one, as every server may.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
