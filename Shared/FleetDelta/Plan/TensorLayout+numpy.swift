extension TensorLayout {
    /// `.npy`: magic, version, the header's length, the header (a Python dictionary), the elements.
    static func numpy(_ content: Bytes, _ range: Range<Int>, name: String) -> [Tensor] {
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard range.count >= 16,
            magic.indices.allSatisfy({ content.start[range.lowerBound + $0] == magic[$0] })
        else { return [] }
        let version = content.start[range.lowerBound + 6]
        let wide = version >= 2
        let lengthBytes = wide ? 4 : 2
        let length = (0..<lengthBytes).reduce(0) {
            $0 | Int(content.start[range.lowerBound + 8 + $1]) << (8 * $1)
        }
        let begin = range.lowerBound + 8 + lengthBytes
        guard length <= 65_536, begin + length < range.upperBound else { return [] }
        let header = String(
            decoding: UnsafeBufferPointer(start: content.start + begin, count: length),
            as: UTF8.self
        )
        guard let type = type(ofHeader: header) else { return [] }
        let data = begin + length
        return [Tensor(name: name, type: type, place: data, length: range.upperBound - data)]
    }

    private static func type(ofHeader header: String) -> ElementType? {
        let types: [(String, ElementType)] = [
            ("<f2", .float16), ("<f4", .float32), ("<f8", .float64), ("|i1", .int8), ("|u1", .int8),
            ("<i2", .int16), ("<u2", .int16), ("<i4", .int32), ("<u4", .int32), ("<i8", .int64),
            ("<u8", .int64),
        ]
        return types.first { header.contains("'descr': '\($0.0)'") }?.1
    }

    /// `.npz`: a ZIP archive with `.npy` files, of which those that are stored as they are count.
    static func archive(_ content: Bytes, _ range: Range<Int>) -> [Tensor] {
        var tensors: [Tensor] = []
        var place = range.lowerBound
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(content.start[place + offset + $1]) << (8 * $1) }
        }
        // Local headers lie one behind the other, each before its file.
        while place + 30 <= range.upperBound, number(0, 4) == 0x0403_4B50 {
            let nameLength = number(26, 2)
            let extraLength = number(28, 2)
            let data = place + 30 + nameLength + extraLength
            var size = number(18, 4)
            guard number(8, 2) == 0, number(6, 2) & 8 == 0, data <= range.upperBound else { break }
            if size == 0xFFFF_FFFF, extraLength >= 20, number(30 + nameLength, 2) == 1 {
                // The sizes of a large archive (ZIP64): what it was, then what it is.
                size = number(30 + nameLength + 12, 8)
            }
            guard size >= 0, size <= range.upperBound - data else { break }
            let name = String(
                decoding: UnsafeBufferPointer(start: content.start + place + 30, count: nameLength),
                as: UTF8.self
            )
            tensors += numpy(content, data..<data + size, name: name)
            place = data + size
        }
        return tensors
    }
}
