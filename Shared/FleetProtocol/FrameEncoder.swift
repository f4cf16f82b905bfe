import FleetModel
import FleetSeries

/// Writes frames: kind, body length (varint), body, CRC-32C of all before it.
///
/// A data frame of 16 kB costs 13–16 bytes beyond its payload.
package enum FrameEncoder {
    package static func encode(_ frame: Frame) -> [UInt8] {
        var body = ByteWriter(reserving: 64)
        switch frame {
        case .hello(let hello): write(hello, to: &body)
        case .state(let state): write(state, to: &body)
        case .data(let data):
            body = ByteWriter(reserving: data.payload.count + 32)
            write(data, to: &body)
        case .acknowledgement(let lanes):
            body.writeVarint(lanes.count)
            for lane in lanes {
                body.writeByte(lane.lane.rawValue)
                body.writeVarint(lane.committed)
                body.writeVarint(lane.durableOffset)
            }
        case .ledger(let report): write(report, to: &body)
        case .certificateRequest(let bytes), .certificate(let bytes): body.writeBytes(bytes)
        case .ping(let number), .pong(let number), .received(let number):
            body.writeVarint(number)
        case .want(let want):
            body.writeVarint(want.id)
            body.writeSignedVarint(want.from.milliseconds)
            body.writeSignedVarint(want.to.milliseconds)
            body.writeVarint(want.maxBytes)
        case .wantAnswer(let answer):
            body.writeVarint(answer.id)
            body.writeByte(answer.outcome.rawValue)
            body.writeVarint(answer.samples)
            body.writeVarint(answer.bytes)
        case .seal(let notice), .witness(let notice):
            body.writeVarint(notice.seal)
            body.writeVarint(notice.last)
            body.writeBytes(notice.hash)
            body.writeBytes(notice.signature)
        case .holdings(let bytes), .directive(let bytes): body.writeBytes(bytes)
        case .directiveAnswer(let answer): write(answer, to: &body)
        case .offer(let offer): write(offer, to: &body)
        case .fetch(let fetch):
            body.writeBytes(fetch.content)
            body.writeVarint(fetch.from)
            body.writeVarint(fetch.to)
        case .bulk(let piece):
            body = ByteWriter(reserving: piece.payload.count + 32)
            body.writeBytes(piece.content)
            body.writeVarint(piece.offset)
            body.writeBytes(piece.payload)
        case .fetchRefusal(let refusal):
            body.writeBytes(refusal.content)
            body.writeText(refusal.code)
            body.writeVarint(UInt64(refusal.retryAfterSeconds))
        case .goodbye(let goodbye):
            body.writeText(goodbye.code)
            body.writeText(goodbye.message)
            body.writeVarint(UInt64(goodbye.retryAfterSeconds))
        }
        return envelope(kind: frame.kind.rawValue, body: body.bytes)
    }

    /// Wraps any body; tests use it to make what no encoder would.
    package static func envelope(kind: UInt8, body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reserving: body.count + 8)
        writer.writeByte(kind)
        writer.writeVarint(body.count)
        writer.writeBytes(body)
        writer.writeLittleEndian(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    private static func write(_ hello: Hello, to body: inout ByteWriter) {
        body.writeVarint(UInt64(hello.oldestVersion))
        body.writeVarint(UInt64(hello.newestVersion))
        body.writeText(hello.agentVersion)
        body.writeLittleEndian(hello.epoch.rawValue)
        body.writeSignedVarint(hello.at.milliseconds)
        body.writeVarint(hello.lanes.count)
        for lane in hello.lanes {
            write(lane.position, to: &body)
            body.writeVarint(lane.firstHeld)
            body.writeVarint(lane.end)
        }
        write(hello.ledger, to: &body)
        guard let instance = hello.instance else { return }
        if !hello.ledger.hasDegraded { body.writeVarint(0) }
        body.writeLittleEndian(instance)
        body.writeByte(hello.closed == nil ? 0 : 1)
        if let closed = hello.closed {
            body.writeLittleEndian(closed.epoch.rawValue)
            write(closed.ledger, to: &body)
            if !closed.ledger.hasDegraded { body.writeVarint(0) }
        }
        let abilities: UInt8 =
            (hello.answersWants ? 1 : 0) | (hello.keepsSeals ? 2 : 0)
            | (hello.orders == nil ? 0 : 4)
        if abilities != 0 { body.writeByte(abilities) }
        if let orders = hello.orders {
            body.writeVarint(orders.counter)
            body.writeLittleEndian(orders.holdings)
        }
    }

    private static func write(_ state: ShoreState, to body: inout ByteWriter) {
        body.writeVarint(UInt64(state.version))
        body.writeSignedVarint(state.at.milliseconds)
        body.writeVarint(state.positions.count)
        for position in state.positions { write(position, to: &body) }
        body.writeVarint(UInt64(state.catalogueWatermark))
        body.writeByte(
            (state.renewCertificate ? 1 : 0) | (state.reportsReceived ? 2 : 0)
                | (state.asksHoldings ? 4 : 0)
        )
    }

    private static func write(_ answer: DirectiveAnswer, to body: inout ByteWriter) {
        body.writeBytes(answer.id)
        body.writeText(answer.refusal)
        body.writeText(answer.reason)
    }

    private static func write(_ offer: ArtifactOffer, to body: inout ByteWriter) {
        body.writeBytes(offer.content)
        body.writeVarint(offer.size)
        body.writeBytes(offer.tree)
        body.writeVarint(offer.bases.count)
        for base in offer.bases { body.writeBytes(base) }
    }

    /// Lane in the low seven bits, "last" in the top one.
    private static func write(_ data: DataFrame, to body: inout ByteWriter) {
        body.writeByte(data.lane.rawValue | (data.isLast ? 0x80 : 0))
        body.writeVarint(data.sequence)
        body.writeVarint(data.offset)
        if let recordCount = data.recordCount { body.writeVarint(recordCount) }
        body.writeBytes(data.payload)
    }

    private static func write(_ position: LanePosition, to body: inout ByteWriter) {
        body.writeByte(position.lane.rawValue)
        body.writeVarint(position.sequence)
        body.writeVarint(position.offset)
        body.writeBytes(position.chain.bytes)
    }

    private static func write(_ report: LedgerReport, to body: inout ByteWriter) {
        let lanes = report.totals.sorted { $0.key.rawValue < $1.key.rawValue }
        body.writeVarint(lanes.count)
        for (lane, totals) in lanes {
            body.writeByte(lane.rawValue)
            body.writeVarint(totals.produced)
            body.writeVarint(totals.stored)
            body.writeVarint(totals.pending)
            body.writeVarint(totals.lost)
        }
        guard report.hasDegraded else { return }
        let degraded = lanes.filter { $0.value.degraded > 0 }
        body.writeVarint(degraded.count)
        for (lane, totals) in degraded {
            body.writeByte(lane.rawValue)
            body.writeVarint(totals.degraded)
        }
    }
}
