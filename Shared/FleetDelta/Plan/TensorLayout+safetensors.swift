extension TensorLayout {
    private static let largestHeader = 16 << 20

    /// Eight bytes with the header's length, the header (JSON), the tensors.
    static func safetensors(_ content: Bytes, _ range: Range<Int>) -> [Tensor] {
        let length = UInt64(littleEndian: content.word(range.lowerBound))
        guard length >= 2, length <= UInt64(min(largestHeader, range.count - 8)),
            content.start[range.lowerBound + 8] == UInt8(ascii: "{")
        else { return [] }
        let begin = range.lowerBound + 8
        let data = begin + Int(length)
        var reader = HeaderReader(content, begin..<data)
        var tensors: [Tensor] = []
        guard reader.take("{") else { return [] }
        while let name = reader.string(), reader.take(":") {
            guard let fields = reader.tensorFields() else { return tensors }
            if name != "__metadata__", let type = type(fields.type), let first = fields.first,
                let last = fields.last,
                first >= 0, last > first, last <= range.upperBound - data
            {
                tensors.append(
                    Tensor(name: name, type: type, place: data + first, length: last - first)
                )
            }
            guard reader.take(",") else { break }
        }
        return tensors
    }

    private static func type(_ name: String) -> ElementType? {
        switch name {
        case "F64": .float64
        case "F32": .float32
        case "F16": .float16
        case "BF16": .bfloat16
        case "I64", "U64": .int64
        case "I32", "U32": .int32
        case "I16", "U16": .int16
        case "I8", "U8": .int8
        default: nil
        }
    }

    /// Reads the header's JSON as far as it is needed.
    private struct HeaderReader {
        private let content: Bytes
        private var place: Int
        private let end: Int

        init(_ content: Bytes, _ range: Range<Int>) {
            self.content = content
            place = range.lowerBound
            end = range.upperBound
        }

        private mutating func peek() -> UInt8? {
            while place < end {
                let byte = content.start[place]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                    return byte
                }
                place += 1
            }
            return nil
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard let byte = peek(), UInt32(byte) == character.value else { return false }
            place += 1
            return true
        }

        /// As it is written: escapes stay.
        mutating func string() -> String? {
            guard take("\"") else { return nil }
            let begin = place
            while place < end, content.start[place] != UInt8(ascii: "\"") {
                place += content.start[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard place < end else { return nil }
            defer { place += 1 }
            return String(
                decoding: UnsafeBufferPointer(start: content.start + begin, count: place - begin),
                as: UTF8.self
            )
        }

        private mutating func number() -> Int? {
            var value = 0
            var digits = 0
            while let byte = peek(), byte >= 48, byte <= 57, digits < 18 {
                value = value * 10 + Int(byte - 48)
                digits += 1
                place += 1
            }
            return digits > 0 ? value : nil
        }

        /// The object of one tensor, or of the metadata; `nil` for what isn't either.
        mutating func tensorFields() -> (type: String, first: Int?, last: Int?)? {
            var result: (type: String, first: Int?, last: Int?) = ("", nil, nil)
            guard take("{") else { return nil }
            if take("}") { return result }
            repeat {
                guard let key = string(), take(":") else { return nil }
                if take("[") {
                    var numbers: [Int] = []
                    while let value = number() {
                        numbers.append(value)
                        guard take(",") else { break }
                    }
                    guard take("]") else { return nil }
                    if key == "data_offsets", numbers.count == 2 {
                        result.first = numbers[0]
                        result.last = numbers[1]
                    }
                } else if let value = string() {
                    if key == "dtype" { result.type = value }
                } else {
                    return nil
                }
            } while take(",")
            return take("}") ? result : nil
        }
    }
}
