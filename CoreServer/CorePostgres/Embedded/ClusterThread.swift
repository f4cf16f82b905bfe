import Logging

/// Does the embedded cluster's blocking work on a thread of its own, and holds its locks.
actor ClusterThread {
    /// Making and recovering a cluster may take minutes, and others wait for that.
    private static let lockTimeout = Duration.seconds(600)

    private nonisolated let executor = ThreadExecutor(name: "postgres-cluster")
    private nonisolated let logger: Logger
    private var usersLock: FileLock?
    private var keeper: ClusterKeeper?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(logger: Logger) {
        self.logger = logger
    }

    func acquire(dataDirectory: String) throws -> ClusterPlace {
        let account = try ServerAccount.choose()
        let files = try ClusterFiles(dataDirectory: dataDirectory)
        try account.checkReach(of: files.root)
        let startLock = try FileLock(path: files.startLock)
        guard startLock.take(.exclusive, within: Self.lockTimeout) else {
            throw EmbeddedClusterError(
                "Another process has been starting the database in \(files.root) for ten minutes"
            )
        }
        let usersLock = try FileLock(path: files.usersLock)
        // Whoever stops the cluster holds the start lock too, so this is free.
        guard usersLock.take(.shared, within: .seconds(10)) else {
            throw EmbeddedClusterError("\(files.usersLock) is locked by a foreign process")
        }
        let keeper = ClusterKeeper(files: files, account: account, logger: logger)
        let place = try keeper.ensureRunning()
        self.usersLock = usersLock
        self.keeper = keeper
        return place
    }

    /// Whether the server runs; it also does while it recovers from a crash of one of its processes.
    func isRunning() -> Bool {
        guard let keeper else { return false }
        return Postmaster.running(on: keeper.files) != nil
    }

    /// Brings a server that has ended back.
    ///
    /// - Returns: `false` while another process starts or stops it.
    func restart() throws -> Bool {
        guard let keeper else { return false }
        let startLock = try FileLock(path: keeper.files.startLock)
        guard startLock.attempt(.exclusive) else { return false }
        _ = try keeper.ensureRunning()
        return true
    }

    func release() {
        guard let usersLock, let keeper else { return }
        self.usersLock = nil
        self.keeper = nil
        do {
            let startLock = try FileLock(path: keeper.files.startLock)
            guard startLock.take(.exclusive, within: Self.lockTimeout) else { return }
            // Ours is the only one left if it can be made exclusive.
            guard usersLock.attempt(.exclusive) else {
                logger.debug("database stays up for another process")
                return
            }
            try keeper.stop()
        } catch {
            logger.warning("the embedded database could not be stopped: \(error)")
        }
    }
}
