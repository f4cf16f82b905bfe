/// Finds regions and models for told content, and codes it frame by frame.
struct RegionSearch {
    let old: Bytes
    let new: Bytes
    let base: DeltaBase
    /// The files in `new`, one after the other.
    let told: [(entry: ArtifactEntry, counterpart: Int?)]
    let frame: Int
    let mayGoOn: @Sendable () -> Bool

    /// A way to search and to code.
    private struct Attempt {
        var gain = 9
        var trainingBits = 0
        var isPeriodic = true
    }

    private static let others: [@Sendable (inout Attempt) -> Void] = [
        { $0.gain = 20 }, { $0.trainingBits = 11 }, { $0.trainingBits = 14 }, { $0.gain = 32 },
        { $0.isPeriodic = false }, { $0.trainingBits = 8 },
    ]

    /// Bytes that may be coded one by one in all attempts together, half a microsecond each; to search counts as
    /// much as to code an eighth of the content. So that 25 MB take less than ten seconds.
    private var budget: Int { max(3 << 20, new.count / 2) }

    /// Changes one thing after the other, and keeps what makes the delta smaller.
    func encode(_ report: inout DeltaReport) throws(DeltaError) -> [UInt8] {
        let index = MatchIndex(old)
        var attempt = Attempt()
        var regions = plan(index, attempt)
        var best = try code(regions, attempt)
        var spent = best.work + new.count / 8
        for change in Self.others {
            var other = attempt
            change(&other)
            let isNewSearch = other.gain != attempt.gain
            let trained =
                other.trainingBits == 0
                ? 0 : regions.reduce(0) { $0 + min($1.length, 1 << other.trainingBits) }
            let cost = best.work + trained + (isNewSearch ? new.count / 8 : 0)
            // What is learnt aboard takes time there too.
            guard spent + cost <= budget, trained <= max(1 << 20, new.count / 16) else { continue }
            spent += cost
            let planned = isNewSearch ? plan(index, other) : regions
            let coded = try code(planned, other)
            guard coded.bytes.count < best.bytes.count else { continue }
            best = coded
            regions = planned
            attempt = other
        }
        return use(best, &report)
    }

    private func use(_ coded: Coded, _ report: inout DeltaReport) -> [UInt8] {
        for (method, share) in coded.methods { report.methods[method] = share }
        return coded.bytes
    }

    /// Every file's regions, file by file.
    private func plan(_ index: MatchIndex, _ attempt: Attempt) -> [Region] {
        var planner = RegionPlanner(old: old, new: new, index: index, gain: attempt.gain)
        var start = 0
        for file in told {
            let range = start..<start + file.entry.size
            planner.beginFile()
            var place = range.lowerBound
            for tensor in TensorPairs.find(
                old: old,
                new: new,
                range: range,
                counterpart: file.counterpart,
                base: base
            ) {
                planner.plan(
                    place..<tensor.new,
                    counterpart: file.counterpart.map { $0 + place - start }
                )
                planner.add(.elements(tensor.type), tensor.length, tensor.old)
                place = tensor.new + tensor.length
            }
            planner.plan(
                place..<range.upperBound,
                counterpart: file.counterpart.map { $0 + place - start }
            )
            start = range.upperBound
        }
        return planner.regions
    }

    private struct Coded {
        var bytes: [UInt8] = []
        /// Bytes that took work: literals, and those beside which the base has others.
        var work = 0
        var methods: [DeltaReport.Method: DeltaReport.Share] = [:]
    }

    private func code(_ regions: [Region], _ attempt: Attempt) throws(DeltaError) -> Coded {
        var result = Coded()
        var rest = regions[...]
        var content = MappedContent(old: old, new: new)
        var file = 0
        var inFile = 0
        while content.position < new.count {
            let size = min(frame, new.count - content.position)
            let parameters = FrameParameters(
                slotBits: slotBits(rest, size),
                period: attempt.isPeriodic
                    ? RecordPeriod.find(rest, from: content.position, new: new, old: old) : 0,
                trainingBits: attempt.trainingBits
            )
            var coder = RegionCoder(bits: ArithmeticEncoder(), parameters: parameters)
            var left = size
            while left > 0 {
                while inFile == told[file].entry.size {
                    file += 1
                    inFile = 0
                }
                var piece = min(left, told[file].entry.size - inFile)
                coder.expect(old: (told[file].counterpart ?? 0) + inFile)
                left -= piece
                inFile += piece
                while piece > 0, var region = rest.first {
                    rest.removeFirst()
                    guard mayGoOn() else {
                        throw DeltaError(.stopped, "the delta took too long, or is not wanted")
                    }
                    if region.length > piece {
                        rest = [region.cut(at: piece)] + rest
                        region.length = piece
                    }
                    let before = coder.bits.bytes.count
                    _ = try coder.codeOutline(region, left: piece)
                    try coder.codeContent(region, &content)
                    let method = region.kind.method
                    result.methods[method, default: .init()].content += region.length
                    result.methods[method, default: .init()].coded +=
                        coder.bits.bytes.count - before
                    piece -= region.length
                }
            }
            coder.bits.finish()
            result.work += coder.work
            let coded = coder.bits.bytes
            result.bytes +=
                FrameHeader(content: size, coded: coded.count, parameters: parameters).bytes + coded
        }
        return result
    }

    /// Room for what the models will see: about two bytes for each slot.
    private func slotBits(_ regions: ArraySlice<Region>, _ size: Int) -> Int {
        var work = 0
        var seen = 0
        for region in regions {
            guard seen < size else { break }
            seen += region.length
            work +=
                region.kind == .literal
                ? region.length : region.kind == .aligned ? region.length / 8 : 0
        }
        let bits = Int.bitWidth - (work * 16).leadingZeroBitCount
        return min(max(bits, 12), 18)
    }
}
