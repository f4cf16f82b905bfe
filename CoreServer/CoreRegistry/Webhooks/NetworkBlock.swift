/// Addresses that begin alike: `10.1.0.0/16`.
package struct NetworkBlock: Sendable, Hashable {
    private let bytes: [UInt8]
    private let length: Int

    init(bytes: [UInt8], length: Int) {
        self.bytes = bytes
        self.length = length
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = NetworkAddress(String(parts[0])),
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(parts[1]), length <= address.bytes.count * 8
        else { return nil }
        self.init(bytes: address.bytes, length: length)
    }

    func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        for (index, (own, other)) in zip(bytes, address.bytes).enumerated() {
            let bits = min(8, length - index * 8)
            guard bits > 0 else { return true }
            guard (own ^ other) >> (8 - bits) == 0 else { return false }
        }
        return true
    }
}
