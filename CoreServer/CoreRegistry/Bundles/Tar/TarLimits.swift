/// What a tar is bounded by, beside what a bundle is.
enum TarLimits {
    /// Of files, directories and what comes before them.
    static let headers = 4 * Bundles.mostFiles
    /// Of records, and of a long name.
    static let extraBytes: Int64 = 64 * 1024
    /// Files up to this are held as a whole, and so many are stored at once.
    static let smallBytes: Int64 = 256 * 1024
    static let sideBySide = 8
    /// Behind the end: tars are filled up to 10 KiB, by some to more.
    static let trailingBytes = 1024 * 1024
}
