/// Where tensors lie in the files of the formats that ships run: safetensors, NumPy, ONNX.
///
/// Only an encoder looks: a decoder is told regions. What isn't understood is just bytes.
enum TensorLayout {
    struct Tensor: Equatable {
        let name: String
        let type: ElementType
        /// In the content, in bytes.
        let place: Int
        let length: Int
    }

    static func tensors(_ content: Bytes, _ range: Range<Int>) -> [Tensor] {
        guard range.count >= 16 else { return [] }
        for tensors in [
            safetensors(content, range), numpy(content, range, name: ""), archive(content, range),
        ] where !tensors.isEmpty {
            return tensors
        }
        // A model begins with its format's version (field 1).
        return content.start[range.lowerBound] == 0x08 ? onnx(content, range) : []
    }
}
