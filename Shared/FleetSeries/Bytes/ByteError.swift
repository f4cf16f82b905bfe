/// Why bytes could not be read as what they claim to be.
package enum ByteError: Error, Equatable, Sendable, CustomStringConvertible {
    case truncated
    case varintTooLong
    case aboveLimit(value: UInt64, limit: Int)
    case notUTF8
    case trailingBytes(Int)

    package var description: String {
        switch self {
        case .truncated: "the bytes end before their content does"
        case .varintTooLong: "a varint is longer than 64 bits"
        case .aboveLimit(let value, let limit): "a count of \(value) is above the limit of \(limit)"
        case .notUTF8: "a text is not UTF-8"
        case .trailingBytes(let count): "\(count) bytes are left over"
        }
    }
}
