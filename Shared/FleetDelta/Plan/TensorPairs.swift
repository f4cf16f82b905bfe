/// A tensor of the new content and the one of the base that it goes with.
struct TensorPair: Equatable {
    let type: ElementType
    /// Places and length in bytes.
    let new: Int
    let old: Int
    let length: Int
}

/// Finds tensors that are in both.
enum TensorPairs {
    /// Fewer elements aren't worth a region.
    static let fewest = 64

    /// In the order in which they lie in `range` of the new content, without overlaps.
    static func find(
        old: Bytes,
        new: Bytes,
        range: Range<Int>,
        counterpart: Int?,
        base: DeltaBase
    ) -> [TensorPair] {
        guard let counterpart else { return [] }
        let starts = DeltaBase.starts(of: base.files)
        guard
            let file = starts.firstIndex(of: counterpart).map({
                starts[$0]..<starts[min($0 + 1, starts.count - 1)]
            })
        else { return [] }
        let mine = TensorLayout.tensors(new, range)
        guard !mine.isEmpty else { return [] }
        var theirs: [String: TensorLayout.Tensor] = [:]
        for tensor in TensorLayout.tensors(old, file) { theirs[tensor.name] = tensor }
        var pairs: [TensorPair] = []
        var end = range.lowerBound
        for tensor in mine.sorted(by: { $0.place < $1.place }) {
            guard let other = theirs[tensor.name], other.type == tensor.type, tensor.place >= end
            else { continue }
            let length = min(tensor.length, other.length) / tensor.type.size * tensor.type.size
            guard length >= fewest * tensor.type.size,
                new.common(tensor.place, old, other.place, limit: length) < length
            else { continue }
            pairs.append(
                TensorPair(type: tensor.type, new: tensor.place, old: other.place, length: length)
            )
            end = tensor.place + length
        }
        return pairs
    }
}
