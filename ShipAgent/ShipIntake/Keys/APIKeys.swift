import Crypto
import FleetIdentity
import FleetRuntime

/// The keys that clients may show, as their hashes: whoever reads the file can't send.
///
/// One key a line: a name, and the SHA-256 of the key in hexadecimal. Empty lines and lines that
/// begin with `#` don't count. Being random, a key needs no slow hash; short ones are the operator's
/// own risk.
package struct APIKeys: Sendable {
    private let keys: [(name: String, hash: [UInt8])]

    package init(lines text: String) throws(KeyFileError) {
        var keys: [(name: String, hash: [UInt8])] = []
        for (name, word) in try KeyFileLines.read(text) {
            guard let hash = try? Fingerprint(hexadecimal: word) else {
                throw KeyFileError("the hash of \(name) is not 64 hexadecimal digits (SHA-256)")
            }
            keys.append((name, hash.bytes))
        }
        self.keys = keys
    }

    /// The name of the key, `nil` where there is no such key. Looks at all of them, and at all
    /// bytes of each, so that the time taken tells nothing.
    package func name(of key: String) -> String? {
        let mine = Array(SHA256.hash(data: Array(key.utf8)))
        var found: String?
        for (name, hash) in keys {
            let difference = zip(mine, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0 { found = name }
        }
        return found
    }
}
