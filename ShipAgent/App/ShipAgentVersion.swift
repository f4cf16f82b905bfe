/// The program's version, as `--version` and the hello say it.
enum ShipAgentVersion {
    static let text = "0.1.0"
}
