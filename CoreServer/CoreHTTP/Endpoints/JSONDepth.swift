import CoreDomain
import NIOCore

/// How deep a JSON text goes, found without reading it as one: a parser that calls itself must not be
/// given what would exhaust its stack.
enum JSONDepth {
    static let limit = 32

    /// - Throws: `DomainError` `invalid`.
    static func check(_ bytes: ByteBufferView) throws(DomainError) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= limit else {
                    throw DomainError(.invalid, "JSON goes at most \(limit) levels deep")
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
    }
}
