import CoreDomain

extension String {
    /// With what is percent-encoded put in its place, once; nil where that is no text.
    package var percentDecoded: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        return String(validating: FormText.bytes(self, plusIsBlank: false), as: UTF8.self)
    }
}
