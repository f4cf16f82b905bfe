import Crypto
import FleetModel

extension ChainDigest {
    /// The digest after one more segment: the first 128 bits of SHA-256(self ‖ segment).
    package func advanced(by segment: some Sequence<UInt8>) -> ChainDigest {
        var hash = SHA256()
        hash.update(data: bytes)
        hash.update(data: Array(segment))
        let digest = Array(hash.finalize().prefix(ChainDigest.size))
        return ChainDigest(bytes: digest) ?? .start
    }
}
