import FleetModel

/// What a ship tells about its own data: what it gave up, its accounts, what the link cost.
package struct SummarySegment: Sendable, Equatable {
    package var declarations: [Declaration]
    package var accounts: [DayAccount]
    package var links: [LinkReport]

    package init(
        declarations: [Declaration] = [],
        accounts: [DayAccount] = [],
        links: [LinkReport] = []
    ) {
        self.declarations = declarations
        self.accounts = accounts
        self.links = links
    }

    /// Records of each kind in one segment: what a decoder may allocate (100 bytes each).
    package static let recordLimit = 16_384
    /// Bytes of a reason's text, of a link class' name and of a currency.
    package static let reasonBytes = 256
    package static let linkClassBytes = 64
    package static let currencyBytes = 8

    package var recordCount: Int { declarations.count + accounts.count + links.count }

    /// The segment's place in time is that of its records, the times they were decided or ended at.
    package func encode() throws(SegmentError) -> SealedSegment {
        guard recordCount > 0 else {
            throw SegmentError(.invalidInput, "a summary segment without records")
        }
        for count in [declarations.count, accounts.count, links.count] {
            guard count <= Self.recordLimit else {
                throw SegmentError(.tooLarge, "\(count) records, the limit is \(Self.recordLimit)")
            }
        }
        var body = ByteWriter()
        for declaration in declarations { try declaration.write(to: &body) }
        for account in accounts { account.write(to: &body) }
        for link in links { try link.write(to: &body) }
        let bytes = try PackedBody.seal(.summary, body: body.bytes) { header in
            header.writeVarint(declarations.count)
            header.writeVarint(accounts.count)
            header.writeVarint(links.count)
        }
        let times =
            declarations.map(\.at) + links.map(\.to)
            + accounts.map { Timestamp(milliseconds: Int64($0.day) * 86_400_000) }
        return SealedSegment(
            bytes: bytes,
            recordCount: recordCount,
            first: times.min() ?? Timestamp(milliseconds: 0),
            last: times.max() ?? Timestamp(milliseconds: 0),
            watermark: 0
        )
    }

    /// Opens a summary segment. No bytes make it trap or allocate beyond the limits.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(SegmentError) -> Self {
        var (flags, reader) = try SegmentEnvelope.read(bytes, as: .summary)
        let counts = try SegmentError.translating { () throws(ByteError) in
            (
                try reader.readCount(limit: recordLimit), try reader.readCount(limit: recordLimit),
                try reader.readCount(limit: recordLimit)
            )
        }
        let body = try PackedBody.open(flags: flags, &reader)
        // No record is shorter than five bytes.
        guard counts.0 + counts.1 + counts.2 > 0, counts.0 + counts.1 + counts.2 <= body.count / 5
        else { throw SegmentError(.truncated, "more records than bytes") }
        var content = ByteReader(body)
        return try SegmentError.translating { () throws(ByteError) in
            var segment = Self()
            for _ in 0..<counts.0 { segment.declarations.append(try Declaration(from: &content)) }
            for _ in 0..<counts.1 { segment.accounts.append(try DayAccount(from: &content)) }
            for _ in 0..<counts.2 { segment.links.append(try LinkReport(from: &content)) }
            try content.finish()
            return segment
        }
    }
}
