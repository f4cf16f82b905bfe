import FleetIdentity
import FleetModel
import Testing

struct ChainDigestTests {
    @Test func `the digest of known segments is a known value`() {
        // sha256sum over 16 zero bytes and "first", cut to 16 bytes; then that and "second".
        let first = ChainDigest.start.advanced(by: Array("first".utf8))
        #expect(first.description == "95e87d11ce1501f8107c41def4f175fd")
        let second = first.advanced(by: Array("second".utf8))
        #expect(second.description == "80cf83b6e647506acf10a97991d0314c")
    }

    @Test func `where a segment ends matters`() {
        let one = ChainDigest.start.advanced(by: [1, 2]).advanced(by: [3])
        let two = ChainDigest.start.advanced(by: [1]).advanced(by: [2, 3])
        #expect(one != two)
    }

    @Test func `only 16 bytes are a digest`() {
        #expect(ChainDigest(bytes: []) == nil)
        #expect(ChainDigest(bytes: [UInt8](repeating: 1, count: 17)) == nil)
        #expect(ChainDigest(bytes: [UInt8](repeating: 0, count: 16)) == .start)
    }
}
