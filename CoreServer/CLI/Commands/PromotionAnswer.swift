import FleetRuntime

/// What became of a request to promote, for people or programs.
enum PromotionAnswer {
    /// - Throws: `CommandError` where it was refused, so that scripts see it.
    static func show(_ promotion: JSONValue, _ output: ConnectionOptions.Output) throws {
        let state = promotion["state"]?.string ?? ""
        let number = promotion["id"]?.cell ?? ""
        if output == .json {
            StandardStreams.out(promotion.prettyText)
        } else {
            for check in promotion["verdict"]?["checks"]?.items ?? [] {
                let words = ["outcome", "gate", "rule", "found"].map { check[$0]?.cell ?? "" }
                StandardStreams.out("\(words[0]): \(words[1]): \(words[2]) (\(words[3]))")
            }
            StandardStreams.out("promotion \(number) is \(state)")
        }
        guard state != "refused" else { throw CommandError("promotion \(number) is refused") }
    }
}
