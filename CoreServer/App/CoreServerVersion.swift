/// The program's version, as `--version` prints it.
enum CoreServerVersion {
    static let text = "0.1.0"
}
