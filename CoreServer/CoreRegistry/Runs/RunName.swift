/// Names for runs that were given none: easier to speak of than 32 digits.
enum RunName {
    private static let adjectives = [
        "able", "bold", "brisk", "calm", "clear", "deep", "eager", "fair", "fast", "fine", "firm",
        "fresh", "gentle", "grand", "keen", "kind", "light", "lively", "loyal", "merry", "mild",
        "noble", "proud", "quick", "quiet", "rapid", "sharp", "sleek", "smooth", "steady", "stout",
        "sunny", "swift", "tidy", "true", "warm", "wise", "young",
    ]
    private static let nouns = [
        "albatross", "anchor", "barque", "beacon", "bosun", "bow", "breeze", "brig", "buoy",
        "clipper",
        "compass", "coral", "cutter", "dolphin", "ferry", "frigate", "galley", "gull", "harbour",
        "helm", "hull", "keel", "ketch", "lagoon", "lugger", "marlin", "mast", "osprey", "otter",
        "petrel", "pilot", "puffin", "rudder", "schooner", "seal", "sextant", "sloop", "spar",
        "tern",
        "tide", "trawler", "tug", "walrus", "whale", "yawl",
    ]

    static func random() -> String {
        let adjective = adjectives.randomElement() ?? "swift"
        let noun = nouns.randomElement() ?? "tern"
        return "\(adjective)-\(noun)-\(Int.random(in: 0...999))"
    }
}
