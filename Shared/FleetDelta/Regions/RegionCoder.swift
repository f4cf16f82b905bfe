/// Codes regions in either direction: their outlines, and the bytes within.
struct RegionCoder<Bits: BinaryCoder> {
    /// After so many of the same, how long the run goes on is told by one number.
    private static var longestSpelt: Int { 16 }
    private static var chunk: Int { 4096 }
    private static var margin: Int { 8 }

    var bits: Bits
    private let memory: ModelMemory
    private var bytes: ByteModel
    private var same: SameModel
    private var elements: [ElementModel?] = []
    private let parameters: FrameParameters
    private let oldBytes: UnsafeMutablePointer<UInt8>
    private let newBytes: UnsafeMutablePointer<UInt8>

    private let kinds: [NumberModel]
    private let lengths: [NumberModel]
    private let moves: NumberModel
    private let hops: NumberModel
    private let runs: NumberModel
    private let runEnds: NumberModel
    /// Where the base's bytes go on if nothing was put in or left out.
    private var oldEnd = 0
    /// Bytes of literals since then.
    private var literal = 0
    private var lastKind = 0
    /// Bytes of the frame so far.
    private var column = 0
    private var lastDifference: UInt64 = 0
    /// Bytes that were coded one by one.
    private(set) var work = 0

    init(bits: Bits, parameters: FrameParameters) {
        self.bits = bits
        self.parameters = parameters
        memory = ModelMemory()
        bytes = ByteModel(memory, slotBits: parameters.slotBits, period: parameters.period)
        same = SameModel(memory, period: parameters.period)
        elements = Array(repeating: nil, count: ElementType.allCases.count)
        let room = Self.chunk + 2 * Self.margin
        oldBytes = memory.allocate(UInt8.self, count: room) + Self.margin
        newBytes = memory.allocate(UInt8.self, count: room)
        kinds = (0..<3).map { [memory] _ in NumberModel(memory) }
        lengths = (0..<3).map { [memory] _ in NumberModel(memory) }
        moves = NumberModel(memory)
        hops = NumberModel(memory)
        runs = NumberModel(memory)
        runEnds = NumberModel(memory)
    }

    /// Where the base's bytes are that belong to what comes next, as far as anyone can tell.
    mutating func expect(old place: Int) {
        oldEnd = place
        literal = 0
    }

    /// A number outside of regions.
    mutating func codeNumber(_ value: Int) -> Int { hops.code(value, &bits) }

    /// The outline of the next region. `left` bounds its length.
    mutating func codeOutline(_ region: Region, left: Int) throws(DeltaError) -> Region {
        let code = kinds[min(lastKind, 2)].code(region.kind.code, &bits)
        guard code < 16, let kind = Region.Kind(code: code) else {
            throw DeltaError(.malformed, "a region of kind \(code)")
        }
        lastKind = code
        // 0 is all that is left.
        let told = lengths[min(kind.code, 2)].code(region.length == left ? 0 : region.length, &bits)
        let length = told == 0 ? left : told
        guard length > 0, length <= left else {
            throw DeltaError(.malformed, "a region of \(length) bytes where \(left) are left")
        }
        if kind == .literal { return Region(kind: kind, length: length, old: 0) }
        // 0: where the last ended. 1: as far behind as the literal was long. 2: elsewhere.
        let difference = region.old - oldEnd
        let way = moves.code(difference == literal ? 0 : difference == 0 ? 1 : 2, &bits)
        let old: Int
        switch way {
        case 0: old = oldEnd + literal
        case 1: old = oldEnd
        case 2: old = oldEnd + hops.codeSigned(difference, &bits)
        default: throw DeltaError(.malformed, "a region that begins nowhere")
        }
        guard old >= 0, old <= 1 << 50 else {
            throw DeltaError(.malformed, "a region at \(old) of the base")
        }
        return Region(kind: kind, length: length, old: old)
    }

    /// Asked after every piece, so that a decoder stops soon behind the end of what was sent.
    private func check() throws(DeltaError) {
        guard !bits.isExhausted else {
            throw DeltaError(.malformed, "a delta's frame ends before its content")
        }
    }

    /// The bytes of a region.
    mutating func codeContent<Content: RegionContent>(
        _ region: Region,
        _ content: inout Content
    ) throws(DeltaError) {
        switch region.kind {
        case .literal:
            try codeLiteral(region.length, &content)
            literal += region.length
        case .aligned:
            try codeAligned(region.length, region.old, &content)
            oldEnd = region.old + region.length
            literal = 0
        case .elements(let type):
            try codeElements(region.length, region.old, type, &content)
            oldEnd = region.old + region.length
            literal = 0
        }
    }

    private mutating func codeLiteral<Content: RegionContent>(
        _ length: Int,
        _ content: inout Content
    ) throws(DeltaError) {
        var left = length
        while left > 0 {
            let count = min(left, Self.chunk)
            content.readNew(count: count, into: newBytes)
            for index in 0..<count {
                newBytes[index] = bytes.code(
                    newBytes[index],
                    aligned: false,
                    old: oldBytes,
                    lastDifference: 0,
                    column: column,
                    &bits
                )
                column &+= 1
            }
            try check()
            try content.put(newBytes, count: count)
            work += count
            left -= count
        }
    }

    private mutating func codeAligned<Content: RegionContent>(
        _ length: Int,
        _ old: Int,
        _ content: inout Content
    ) throws(DeltaError) {
        var done = 0
        var inRow = Self.longestSpelt
        var mustDiffer = false
        while done < length {
            if inRow >= Self.longestSpelt {
                done += try codeRun(limit: length - done, old: old + done, unit: 1, &content)
                same.skip()
                inRow = 0
                mustDiffer = true
                continue
            }
            let count = min(length - done, Self.chunk)
            try content.readOld(
                old + done - Self.margin,
                count: count + 2 * Self.margin,
                into: oldBytes - Self.margin
            )
            content.readNew(count: count, into: newBytes)
            var index = 0
            while index < count, inRow < Self.longestSpelt {
                let here = oldBytes + index
                var isSame = false
                if !mustDiffer {
                    isSame = same.code(
                        newBytes[index] == here[0],
                        old: here,
                        previous: bytes.recent & 0xFF,
                        column: column,
                        &bits
                    )
                }
                mustDiffer = false
                if isSame {
                    newBytes[index] = here[0]
                    bytes.note(here[0])
                    inRow += 1
                } else {
                    let byte = bytes.code(
                        newBytes[index],
                        aligned: true,
                        old: here,
                        lastDifference: lastDifference,
                        column: column,
                        &bits
                    )
                    lastDifference = UInt64(byte &- here[0])
                    newBytes[index] = byte
                    inRow = 0
                }
                column &+= 1
                index += 1
            }
            try check()
            try content.put(newBytes, count: index)
            work += index
            done += index
        }
    }

    /// How far the new content is as the base, and those bytes. Returns their count.
    private mutating func codeRun<Content: RegionContent>(
        limit: Int,
        old: Int,
        unit: Int,
        _ content: inout Content
    ) throws(DeltaError) -> Int {
        let actual = Bits.isEncoder ? content.run(old: old, limit: limit, unit: unit) : 0
        let toEnd = runEnds.code(actual == limit ? 1 : 0, &bits) != 0
        let run = toEnd ? limit : Self.bounded(runs.code(actual / unit, &bits), limit) * unit
        guard run <= limit else {
            throw DeltaError(.malformed, "a run of \(run) bytes where \(limit) are left")
        }
        try check()
        var left = run
        while left > 0 {
            let isTraining = left <= parameters.training
            let count = min(isTraining ? left : left - parameters.training, Self.chunk)
            try content.readOld(old + run - left, count: count, into: oldBytes)
            try content.put(oldBytes, count: count)
            if isTraining {
                var training = TrainingCoder()
                for index in 0..<count {
                    _ = bytes.code(
                        oldBytes[index],
                        aligned: false,
                        old: oldBytes,
                        lastDifference: 0,
                        column: column &+ index,
                        &training
                    )
                }
            } else if left == count {
                for index in max(0, count - 16)..<count { bytes.note(oldBytes[index]) }
            }
            column &+= count
            left -= count
        }
        return run
    }

    /// So that a hostile number can be multiplied by an element's size; one too many is refused all the same.
    private static func bounded(_ number: Int, _ limit: Int) -> Int { min(number, limit + 1) }

    private mutating func codeElements<Content: RegionContent>(
        _ length: Int,
        _ old: Int,
        _ type: ElementType,
        _ content: inout Content
    ) throws(DeltaError) {
        let size = type.size
        guard length % size == 0 else {
            throw DeltaError(.malformed, "\(length) bytes of numbers of \(size) bytes")
        }
        var model = elements[Int(type.rawValue)] ?? ElementModel(memory, type: type)
        var done = 0
        var inRow = 0
        while done < length {
            if inRow >= 128 {
                done += try codeRun(limit: length - done, old: old + done, unit: size, &content)
                inRow = 0
                continue
            }
            let count = min(length - done, Self.chunk)
            try content.readOld(old + done, count: count, into: oldBytes)
            content.readNew(count: count, into: newBytes)
            var index = 0
            while index < count, inRow < 128 {
                let here = Self.load(oldBytes + index, size)
                let element = model.code(Self.load(newBytes + index, size), old: here, &bits)
                Self.store(element, newBytes + index, size)
                inRow = element == here ? inRow + 1 : 0
                index += size
            }
            try check()
            try content.put(newBytes, count: index)
            column &+= index
            work += index
            done += index
        }
        elements[Int(type.rawValue)] = model
    }

    @inline(__always)
    private static func load(_ bytes: UnsafeMutablePointer<UInt8>, _ size: Int) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        switch size {
        case 1: return UInt64(bytes[0])
        case 2: return UInt64(UInt16(littleEndian: raw.loadUnaligned(as: UInt16.self)))
        case 4: return UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
        default: return UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        }
    }

    @inline(__always)
    private static func store(_ value: UInt64, _ bytes: UnsafeMutablePointer<UInt8>, _ size: Int) {
        for index in 0..<size {
            bytes[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
}
