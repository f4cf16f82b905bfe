import Testing

@testable import FleetIdentity

@Suite struct HexadecimalTests {
    @Test func `every byte comes back from its digits`() {
        let all = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.text(all)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.bytes(text.utf8) == all)
        #expect(Hexadecimal.bytes(text.uppercased().utf8) == all)
    }

    @Test(arguments: ["0", "abc", "0g", "+1", "-1", " 1", "1 ", "0x", "é"])
    func `what is no pair of digits is nothing`(_ text: String) {
        #expect(Hexadecimal.bytes(text.utf8) == nil)
    }
}
