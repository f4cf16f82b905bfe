import Glibc

/// The base's files end to end, read from disk a block at a time.
final class BaseReader {
    private static let blockSize = 64 << 10
    private static let blocks = 16

    private let files: [DeltaBase.File]
    /// Where each begins, and where the last ends.
    private let starts: [Int]
    private let memory: UnsafeMutablePointer<UInt8>
    private var held = [Int](repeating: -1, count: BaseReader.blocks)
    private var openFile = -1
    private var descriptor: Int32 = -1

    init(_ files: [DeltaBase.File]) {
        self.files = files
        starts = DeltaBase.starts(of: files)
        memory = .allocate(capacity: Self.blockSize * Self.blocks)
    }

    deinit {
        memory.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    private var count: Int { starts[starts.count - 1] }

    /// Zeros where there is no base.
    func read(
        _ place: Int,
        count wanted: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) throws(DeltaError) {
        var done = 0
        while done < wanted {
            let at = place + done
            if at < 0 || at >= count {
                let gap = at < 0 ? min(-at, wanted - done) : wanted - done
                (target + done).initialize(repeating: 0, count: gap)
                done += gap
                continue
            }
            let block = at / Self.blockSize
            let slot = block % Self.blocks
            if held[slot] != block { try load(block, slot) }
            let within = at - block * Self.blockSize
            let length = min(min(Self.blockSize - within, count - at), wanted - done)
            (target + done).update(from: memory + slot * Self.blockSize + within, count: length)
            done += length
        }
    }

    private func load(_ block: Int, _ slot: Int) throws(DeltaError) {
        held[slot] = -1
        let begin = block * Self.blockSize
        let end = min(begin + Self.blockSize, count)
        var at = begin
        var file = index(of: begin)
        while at < end {
            let length = min(end, starts[file + 1]) - at
            if length > 0 {
                try read(
                    file,
                    at - starts[file],
                    length,
                    memory + slot * Self.blockSize + (at - begin)
                )
                at += length
            }
            file += 1
        }
        held[slot] = block
    }

    /// The file that has a place; `place` is below `count`.
    private func index(of place: Int) -> Int {
        var low = 0
        var high = files.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= place { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private func read(
        _ file: Int,
        _ offset: Int,
        _ count: Int,
        _ target: UnsafeMutablePointer<UInt8>
    ) throws(DeltaError) {
        if openFile != file {
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
            descriptor = try FileBytes.open(files[file].location)
            openFile = file
        }
        var done = 0
        while done < count {
            let got = pread(descriptor, target + done, count - done, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw DeltaError.system("read", files[file].location) }
            guard got > 0 else {
                throw DeltaError(
                    .wrongBase,
                    "\(files[file].location) is shorter than what is known of it"
                )
            }
            done += got
        }
    }
}
