import Glibc

/// Connections are files, and the usual limit of 1,024 is fewer than a fleet.
enum OpenFiles {
    /// Raises the soft limit to the hard one, as every server may.
    ///
    /// - Returns: how many there may be.
    @discardableResult
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        return Int(clamping: limit.rlim_cur)
    }
}
