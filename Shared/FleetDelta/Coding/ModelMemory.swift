import Glibc

/// Owns the memory of models: outside of arrays, whose checks would cost as much as the coding.
///
/// Models index it by masked hashes and bounded sums alone, never by numbers from outside. A class for the sake
/// of its `deinit`; whoever holds a model holds this too.
final class ModelMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { free(block) }
    }

    /// Zeros, which take no memory of the machine until they are touched.
    func allocate<Element: BitwiseCopyable>(
        _ type: Element.Type,
        count: Int
    ) -> UnsafeMutablePointer<Element> {
        guard let block = calloc(count * MemoryLayout<Element>.stride + 64, 1) else {
            preconditionFailure("no memory for the models of a delta, at most 40 MiB")
        }
        blocks.append(block)
        // Slots of 64 bytes lie within lines of the cache.
        return block.alignedUp(toMultipleOf: 64).bindMemory(to: type, capacity: count)
    }
}
