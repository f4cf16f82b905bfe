import CoreDomain

/// The fields of an `application/x-www-form-urlencoded` body.
struct FormFields {
    private var values: [String: String] = [:]

    init(_ body: String) {
        for pair in body.split(separator: "&").prefix(64) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            values[FormText.decoded(parts[0])] = FormText.decoded(parts[1])
        }
    }

    subscript(name: String) -> String? { values[name] }
}
