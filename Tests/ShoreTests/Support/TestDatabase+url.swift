import CoreTestSupport

extension TestDatabase {
    /// As `--database` takes it: the owner's, so that `serve` can migrate.
    var url: String {
        let pairs = ownerConnectionString.split(separator: " ").map {
            $0.split(separator: "=", maxSplits: 1).map(String.init)
        }
        let values = Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
        let user = values["user"] ?? ""
        let host = values["host"] ?? ""
        return "postgresql://\(user)@/\(name)?host=\(host)&port=\(values["port"] ?? "5432")"
    }
}
