import FleetModel
import FleetSeries

/// Reads the bodies of frames whose checksum was right.
///
/// Bytes behind the fields known here are ignored in `hello`, `state`, `want` and its answer, `seal`,
/// `witness`, and what `OrderBody` reads but pieces: later versions append.
enum FrameBody {
    static func read(_ kind: FrameKind, _ body: ArraySlice<UInt8>) throws -> Frame {
        var reader = ByteReader(body)
        switch kind {
        case .hello: return .hello(try hello(&reader))
        case .state: return .state(try state(&reader))
        case .data: return .data(try data(&reader))
        case .acknowledgement:
            let lanes = try list(&reader) { reader in
                LaneAcknowledgement(
                    lane: try lane(reader.readByte()),
                    committed: try reader.readVarint(),
                    durableOffset: try reader.readVarint()
                )
            }
            try reader.finish()
            return .acknowledgement(lanes)
        case .ledger, .thinnedLedger:
            var report = try ledger(&reader)
            if kind == .thinnedLedger { try readDegraded(&reader, into: &report) }
            try reader.finish()
            return .ledger(report)
        case .certificateRequest: return .certificateRequest(try certificate(&reader))
        case .certificate: return .certificate(try certificate(&reader))
        case .ping: return .ping(try number(&reader))
        case .pong: return .pong(try number(&reader))
        case .received: return .received(try number(&reader))
        case .want: return .want(try want(&reader))
        case .wantAnswer: return .wantAnswer(try wantAnswer(&reader))
        case .seal: return .seal(try seal(&reader))
        case .witness: return .witness(try seal(&reader))
        case .holdings: return .holdings(Array(try reader.readBytes(reader.remaining)))
        case .directive: return .directive(Array(try reader.readBytes(reader.remaining)))
        case .directiveAnswer, .offer, .fetch, .bulk, .fetchRefusal:
            return try OrderBody.read(kind, &reader)
        case .goodbye:
            let code = try reader.readText(limit: ProtocolLimits.goodbyeMessageBytes)
            let message = try reader.readText(limit: ProtocolLimits.goodbyeMessageBytes)
            let seconds = try reader.readCount(limit: Int(Goodbye.longestAbsenceSeconds))
            try reader.finish()
            return .goodbye(
                Goodbye(code: code, message: message, retryAfterSeconds: UInt32(seconds))
            )
        }
    }

    private static func want(_ reader: inout ByteReader) throws -> Want {
        let want = Want(
            id: try reader.readVarint(),
            from: Timestamp(milliseconds: try reader.readSignedVarint()),
            to: Timestamp(milliseconds: try reader.readSignedVarint()),
            maxBytes: try reader.readVarint()
        )
        guard want.from < want.to else {
            throw ProtocolError(.malformedFrame, "a want of no time")
        }
        return want
    }

    private static func wantAnswer(_ reader: inout ByteReader) throws -> WantAnswer {
        let id = try reader.readVarint()
        let byte = try reader.readByte()
        guard let outcome = WantAnswer.Outcome(rawValue: byte) else {
            throw ProtocolError(.malformedFrame, "a want's outcome \(byte) is not known")
        }
        return WantAnswer(
            id: id,
            outcome: outcome,
            samples: try reader.readVarint(),
            bytes: try reader.readVarint()
        )
    }

    private static func seal(_ reader: inout ByteReader) throws -> SealNotice {
        let notice = SealNotice(
            seal: try reader.readVarint(),
            last: try reader.readVarint(),
            hash: Array(try reader.readBytes(SealNotice.hashBytes)),
            signature: Array(try reader.readBytes(SealNotice.signatureBytes))
        )
        guard let notice else { throw ByteError.truncated }
        return notice
    }

    private static func hello(_ reader: inout ByteReader) throws -> Hello {
        let oldest = try reader.readCount(limit: Int(UInt32.max))
        let newest = try reader.readCount(limit: Int(UInt32.max))
        let agentVersion = try reader.readText(limit: ProtocolLimits.agentVersionBytes)
        let epoch = LaneEpoch(try reader.readLittleEndian(UInt64.self))
        let at = Timestamp(milliseconds: try reader.readSignedVarint())
        let lanes = try list(&reader) { reader in
            let position = try position(&reader)
            return Hello.LaneReport(
                position: position,
                firstHeld: try reader.readVarint(),
                end: try reader.readVarint()
            )
        }
        var report = try ledger(&reader)
        // Ships of before end here: they thinned nothing.
        if reader.remaining > 0 { try readDegraded(&reader, into: &report) }
        var instance: UInt64?
        var closed: ClosedEpoch?
        var abilities: UInt8 = 0
        var orders: OrderStanding?
        if reader.remaining >= 9 {
            instance = try reader.readLittleEndian(UInt64.self)
            if try reader.readByte() == 1 {
                let epoch = LaneEpoch(try reader.readLittleEndian(UInt64.self))
                var last = try ledger(&reader)
                try readDegraded(&reader, into: &last)
                closed = ClosedEpoch(epoch: epoch, ledger: last)
            }
            if reader.remaining > 0 { abilities = try reader.readByte() }
            if abilities & 4 == 4 {
                orders = OrderStanding(
                    counter: try reader.readVarint(),
                    holdings: try reader.readLittleEndian(UInt64.self)
                )
            }
        }
        return Hello(
            oldestVersion: UInt32(oldest),
            newestVersion: UInt32(newest),
            agentVersion: agentVersion,
            epoch: epoch,
            at: at,
            lanes: lanes,
            ledger: report,
            instance: instance,
            closed: closed,
            answersWants: abilities & 1 == 1,
            keepsSeals: abilities & 2 == 2,
            orders: orders
        )
    }

    private static func state(_ reader: inout ByteReader) throws -> ShoreState {
        let version = try reader.readCount(limit: Int(UInt32.max))
        let at = Timestamp(milliseconds: try reader.readSignedVarint())
        let positions = try list(&reader) { try position(&$0) }
        let watermark = try reader.readCount(limit: Int(UInt32.max))
        let flags = try reader.readByte()
        return ShoreState(
            version: UInt32(version),
            at: at,
            positions: positions,
            catalogueWatermark: UInt32(watermark),
            renewCertificate: flags & 1 == 1,
            reportsReceived: flags & 2 == 2,
            asksHoldings: flags & 4 == 4
        )
    }

    private static func data(_ reader: inout ByteReader) throws -> DataFrame {
        let first = try reader.readByte()
        let lane = try lane(first & 0x7F)
        let sequence = try reader.readVarint()
        let offset = try reader.readVarint()
        let recordCount = first & 0x80 == 0 ? nil : try reader.readVarint()
        guard (1...Limits.framePayloadBytes).contains(reader.remaining) else {
            throw ProtocolError(
                .malformedFrame,
                "a data frame carries \(reader.remaining) bytes"
            )
        }
        return DataFrame(
            lane: lane,
            sequence: sequence,
            offset: offset,
            recordCount: recordCount,
            payload: Array(try reader.readBytes(reader.remaining))
        )
    }

    private static func ledger(_ reader: inout ByteReader) throws -> LedgerReport {
        let entries = try list(&reader) { reader in
            let lane = try lane(reader.readByte())
            let totals = LedgerTotals(
                produced: try reader.readVarint(),
                stored: try reader.readVarint(),
                pending: try reader.readVarint(),
                lost: try reader.readVarint()
            )
            return (lane, totals)
        }
        return LedgerReport(totals: Dictionary(entries) { _, later in later })
    }

    private static func readDegraded(
        _ reader: inout ByteReader,
        into report: inout LedgerReport
    ) throws {
        var totals = report.totals
        let thinned = try list(&reader) { reader in
            (try lane(reader.readByte()), try reader.readVarint())
        }
        for (lane, degraded) in thinned {
            totals[lane, default: LedgerTotals()].degraded = degraded
        }
        report = LedgerReport(totals: totals)
    }

    private static func position(_ reader: inout ByteReader) throws -> LanePosition {
        let lane = try lane(reader.readByte())
        let sequence = try reader.readVarint()
        let offset = try reader.readVarint()
        guard let chain = ChainDigest(bytes: Array(try reader.readBytes(ChainDigest.size))) else {
            throw ByteError.truncated
        }
        return LanePosition(lane: lane, sequence: sequence, offset: offset, chain: chain)
    }

    private static func lane(_ byte: UInt8) throws -> Lane {
        guard let lane = Lane(rawValue: byte) else {
            throw ProtocolError(.unknownLane, "lane \(byte) is not known")
        }
        return lane
    }

    private static func certificate(_ reader: inout ByteReader) throws -> [UInt8] {
        guard reader.remaining <= ProtocolLimits.certificateBytes else {
            throw ProtocolError(.frameTooLong, "a certificate of \(reader.remaining) bytes")
        }
        return Array(try reader.readBytes(reader.remaining))
    }

    private static func number(_ reader: inout ByteReader) throws -> UInt64 {
        let number = try reader.readVarint()
        try reader.finish()
        return number
    }

    private static func list<Element>(
        _ reader: inout ByteReader,
        _ element: (inout ByteReader) throws -> Element
    ) throws -> [Element] {
        let count = try reader.readCount(limit: ProtocolLimits.lanes)
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&reader)) }
        return elements
    }
}
