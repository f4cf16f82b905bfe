import FleetIdentity

/// Texts within `application/x-www-form-urlencoded`.
package enum FormText {
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "-._~".utf8.contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// With `+` read as a blank and each code as its byte; what is no code stands for itself.
    package static func decoded(_ text: some StringProtocol) -> String {
        String(decoding: bytes(text, plusIsBlank: true), as: UTF8.self)
    }

    /// The bytes of a text in which some are written as `%` and two hexadecimal digits.
    package static func bytes(_ text: some StringProtocol, plusIsBlank: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = Hexadecimal.bytes(rest.prefix(2))?.first {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }
}
