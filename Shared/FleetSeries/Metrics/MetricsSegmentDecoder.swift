import FleetModel

/// Opens metrics segments. No bytes make it trap or allocate beyond `Limits`.
package enum MetricsSegmentDecoder {
    /// What a segment's header says, its checksum verified and its content not opened.
    package static func summary(
        of bytes: ArraySlice<UInt8>
    ) throws(SegmentError) -> MetricsSegmentSummary {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .metrics)
        return try MetricsSegmentSummary(flags: flags, from: &reader)
    }

    /// Opens a key segment. Throws `.missingContext` for a predicted one.
    package static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(SegmentError) -> MetricsSegment {
        try open(bytes, context: nil, only: nil).segment
    }

    /// Opens a key segment, and keeps only some series: nothing is allocated for the others.
    package static func decode(
        _ bytes: ArraySlice<UInt8>,
        only series: Set<SeriesNumber>
    ) throws(SegmentError) -> MetricsSegment {
        try open(bytes, context: nil, only: series).segment
    }

    /// Opens a segment with what its predecessor left, which a key segment doesn't look at.
    ///
    /// Throws `.missingContext` or `.wrongContext` when a predicted segment was made from another
    /// predecessor than the one that left `context`.
    package static func decode(
        _ bytes: ArraySlice<UInt8>,
        context: SegmentContext?
    ) throws(SegmentError) -> (segment: MetricsSegment, context: SegmentContext) {
        try open(bytes, context: context, only: nil)
    }

    private static func open(
        _ bytes: ArraySlice<UInt8>,
        context: SegmentContext?,
        only series: Set<SeriesNumber>?
    ) throws(SegmentError) -> (segment: MetricsSegment, context: SegmentContext) {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .metrics)
        let summary = try MetricsSegmentSummary(flags: flags, from: &reader)
        var start = SegmentContext()
        if let predecessor = summary.predecessor {
            guard let context else {
                throw SegmentError(.missingContext, "a predicted segment, and no context")
            }
            guard context.digest == predecessor else {
                throw SegmentError(.wrongContext, "a segment predicted from another one")
            }
            start = context
        }
        let content = try SegmentError.translating { () throws(ByteError) in
            try reader.readBytes(reader.remaining)
        }
        var outcome: Result<(segment: MetricsSegment, context: SegmentContext), SegmentError>?
        content.withUnsafeBufferPointer { content in
            outcome = Result { () throws(SegmentError) in
                try open(content, summary: summary, start: start, only: series, of: bytes)
            }
        }
        guard let outcome else { throw SegmentError(.truncated, "no content") }
        return try outcome.get()
    }

    private static func open(
        _ content: UnsafeBufferPointer<UInt8>,
        summary: MetricsSegmentSummary,
        start: SegmentContext,
        only series: Set<SeriesNumber>?,
        of bytes: ArraySlice<UInt8>
    ) throws(SegmentError) -> (segment: MetricsSegment, context: SegmentContext) {
        var body = MetricsBodyCoder(
            direction: RangeDecoder(lending: content),
            context: start,
            base: summary.first.milliseconds
        )
        var budget = MetricsBodyCoder<RangeDecoder>.Budget(
            rows: summary.rowCount,
            samples: summary.sampleCount,
            watermark: summary.watermark,
            wanted: series
        )
        let groupCount = body.codeCount(0)
        guard groupCount >= 0, groupCount <= min(summary.rowCount, MetricsSegmentSummary.groupLimit)
        else {
            throw SegmentError(.malformed, "group count out of range")
        }
        var groups: [SampleGroup] = []
        var seen: Set<UInt32> = []
        for _ in 0..<groupCount {
            let group = try body.decode(&budget)
            guard seen.insert(group.group).inserted else {
                throw SegmentError(.malformed, "a group occurs twice")
            }
            groups.append(group)
        }
        try body.checkEnd()
        guard budget.rows == 0, budget.samples == 0, body.columns.model.direction.isAtEnd else {
            throw SegmentError(.malformed, "the content is not what the header says")
        }
        try check(groups, against: summary)
        var (_, context) = body.finish()
        try context.checkLimits()
        context.digest = SegmentEnvelope.checksum(of: bytes)
        let segment = MetricsSegment(
            first: summary.first,
            last: summary.last,
            watermark: summary.watermark,
            groups: groups
        )
        return (segment, context)
    }

    private static func check(
        _ groups: [SampleGroup],
        against summary: MetricsSegmentSummary
    ) throws(SegmentError) {
        var first = Int64.max
        var last = Int64.min
        for group in groups {
            for timestamp in group.timestamps {
                first = min(first, timestamp)
                last = max(last, timestamp)
            }
        }
        guard
            groups.isEmpty
                || first == summary.first.milliseconds && last == summary.last.milliseconds
        else { throw SegmentError(.malformed, "times other than the header's") }
    }
}
