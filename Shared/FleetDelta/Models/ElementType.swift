/// How numbers lie in a tensor: little-endian, side by side.
package enum ElementType: UInt8, Sendable, CaseIterable {
    case int8 = 0
    case int16 = 1
    case int32 = 2
    case int64 = 3
    case float16 = 4
    case bfloat16 = 5
    case float32 = 6
    case float64 = 7

    /// Bytes of one.
    package var size: Int {
        switch self {
        case .int8: 1
        case .int16, .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    /// Bits behind the exponent; `nil` for integers.
    var fractionBits: Int? {
        switch self {
        case .float16: 10
        case .bfloat16: 7
        case .float32: 23
        case .float64: 52
        case .int8, .int16, .int32, .int64: nil
        }
    }
}
