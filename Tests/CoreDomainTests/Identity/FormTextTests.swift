import Testing

@testable import CoreDomain

@Suite struct FormTextTests {
    @Test(arguments: ["", "plain", "a b+c%20&=?/", "naïve ⚓", "\0\n\u{7F}", "100%"])
    func `what is encoded comes back`(_ text: String) {
        let encoded = FormText.encoded(text)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "+") })
        #expect(FormText.decoded(encoded) == text)
    }

    @Test func `a blank is a plus, and what is no code stands for itself`() {
        #expect(FormText.decoded("a+b%20c") == "a b c")
        #expect(FormText.decoded("%+1%4%zz%") == "% 1%4%zz%")
        #expect(FormText.bytes("a+%ff", plusIsBlank: false) == [0x61, 0x2B, 0xFF])
    }
}
