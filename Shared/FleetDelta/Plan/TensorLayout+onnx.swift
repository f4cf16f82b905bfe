extension TensorLayout {
    /// ONNX is a protobuf: the model's field 7 is the graph, whose fields 5 are the initializers. Of each, field
    /// 2 is the type, 8 the name, 9 the raw elements, 4 and 10 floats and doubles, packed.
    static func onnx(_ content: Bytes, _ range: Range<Int>) -> [Tensor] {
        var tensors: [Tensor] = []
        forEachField(content, range) { field, graph in
            guard field == 7, let graph = graph.range else { return }
            forEachField(content, graph) { field, initializer in
                guard field == 5, let initializer = initializer.range else { return }
                if let tensor = tensor(content, initializer, number: tensors.count) {
                    tensors.append(tensor)
                }
            }
        }
        return tensors
    }

    private static func tensor(_ content: Bytes, _ range: Range<Int>, number: Int) -> Tensor? {
        var name = "\(number)"
        var type: ElementType?
        var data: Range<Int>?
        forEachField(content, range) { field, value in
            switch (field, value) {
            case (2, .number(let code)): type = types[code]
            case (8, .bytes(let place)):
                name = String(
                    decoding: UnsafeBufferPointer(
                        start: content.start + place.lowerBound,
                        count: place.count
                    ),
                    as: UTF8.self
                )
            case (4, .bytes(let place)), (9, .bytes(let place)), (10, .bytes(let place)):
                if !place.isEmpty { data = place }
            default: break
            }
        }
        guard let type, let data else { return nil }
        return Tensor(name: name, type: type, place: data.lowerBound, length: data.count)
    }

    /// `TensorProto.DataType`.
    private static let types: [UInt64: ElementType] = [
        1: .float32, 2: .int8, 3: .int8, 4: .int16, 5: .int16, 6: .int32, 7: .int64, 10: .float16,
        11: .float64, 12: .int32, 13: .int64, 16: .bfloat16,
    ]

    private enum Value {
        case number(UInt64)
        case bytes(Range<Int>)

        var range: Range<Int>? {
            guard case .bytes(let range) = self else { return nil }
            return range
        }
    }

    /// Ends where the bytes aren't a message any more.
    private static func forEachField(
        _ content: Bytes,
        _ range: Range<Int>,
        _ body: (UInt64, Value) -> Void
    ) {
        var place = range.lowerBound
        func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while place < range.upperBound, shift < 64 {
                let byte = content.start[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        while place < range.upperBound, let key = number() {
            switch key & 7 {
            case 0:
                guard let value = number() else { return }
                body(key >> 3, .number(value))
            case 1: place += 8
            case 5: place += 4
            case 2:
                guard let length = number(), length <= UInt64(range.upperBound - place) else {
                    return
                }
                body(key >> 3, .bytes(place..<place + Int(length)))
                place += Int(length)
            default: return
            }
        }
    }
}
