import CoreDomain
import HTTPTypes
import Hummingbird

extension Request {
    /// What `If-Match` says.
    ///
    /// - Throws: `DomainError` `preconditionRequired` where it says nothing.
    func versionMatch() throws(DomainError) -> VersionMatch {
        let fields = headers[values: .ifMatch]
        guard !fields.isEmpty else {
            throw DomainError(
                .preconditionRequired,
                "this needs If-Match: the ETag of what you read, or *"
            )
        }
        let tags = fields.flatMap { $0.split(separator: ",") }.map {
            String($0.filter { $0 != " " })
        }
        if tags.contains("*") { return .any }
        // A tag of another form matches nothing.
        return .versions(
            Set(
                tags.compactMap { tag -> Int64? in
                    guard tag.count >= 3, tag.first == "\"", tag.last == "\"" else { return nil }
                    return Int64(tag.dropFirst().dropLast())
                }
            )
        )
    }
}
