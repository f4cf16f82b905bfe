/// Turns a file's bytes into those that were compressed, piece by piece.
protocol Decompressor: AnyObject {
    /// Hands in a piece of the file; an empty one says that the file has ended. Only when the last
    /// piece is used up (`output` has returned nothing).
    func supply(_ input: [UInt8])

    /// Replaces `chunk` by the next piece of what was compressed; by nothing when more input is
    /// needed, or, after the end of the file, when all is done.
    ///
    /// - Throws: A sentence about what is wrong with the compressed bytes.
    func output(into chunk: inout [UInt8]) throws(DecompressionError)
}

/// What is wrong with compressed bytes, in a sentence.
struct DecompressionError: Error, Equatable {
    let reason: String
}

/// Hands through what is not compressed.
final class PlainBytes: Decompressor {
    private var pending: [UInt8] = []

    func supply(_ input: [UInt8]) { pending = input }

    func output(into chunk: inout [UInt8]) throws(DecompressionError) {
        chunk = pending
        pending = []
    }
}
