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
        return safetensors(content, range)
    }
}
