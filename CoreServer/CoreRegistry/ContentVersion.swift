import CoreDomain
import Crypto

/// A version for things that are changed in many places and count none: another whenever what is shown
/// is another.
enum ContentVersion {
    static func of(_ thing: some Thing) -> Int64 {
        // What can't be shown has no content.
        let text = (try? thing.json) ?? ""
        return SHA256.hash(data: Array(text.utf8)).prefix(8)
            .reduce(0) { $0 << 8 | Int64($1) } & Int64.max
    }
}
