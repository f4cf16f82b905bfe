import FleetModel
import FleetSeries

/// Reads the bodies of frames about orders and what they need.
enum OrderBody {
    static func read(_ kind: FrameKind, _ reader: inout ByteReader) throws -> Frame {
        switch kind {
        case .directiveAnswer:
            let answer = DirectiveAnswer(
                id: Array(try reader.readBytes(DirectiveAnswer.idBytes)),
                refusal: try reader.readText(limit: DirectiveAnswer.textBytes),
                reason: try reader.readText(limit: DirectiveAnswer.textBytes)
            )
            return .directiveAnswer(try known(answer))
        case .offer:
            let content = try digest(&reader)
            let size = try reader.readVarint()
            let tree = try digest(&reader)
            var bases: [[UInt8]] = []
            for _ in 0..<(try reader.readCount(limit: ArtifactOffer.baseLimit)) {
                bases.append(try digest(&reader))
            }
            return .offer(
                try known(ArtifactOffer(content: content, size: size, tree: tree, bases: bases))
            )
        case .fetch:
            let fetch = ArtifactFetch(
                content: try digest(&reader),
                from: try reader.readVarint(),
                to: try reader.readVarint()
            )
            return .fetch(try known(fetch))
        case .bulk:
            let piece = ArtifactPiece(
                content: Array(try reader.readBytes(ArtifactPiece.prefixBytes)),
                offset: try reader.readVarint(),
                payload: Array(try reader.readBytes(reader.remaining))
            )
            return .bulk(try known(piece))
        case .fetchRefusal:
            let refusal = FetchRefusal(
                content: try digest(&reader),
                code: try reader.readText(limit: DirectiveAnswer.textBytes),
                retryAfterSeconds: UInt32(
                    try reader.readCount(limit: Int(Goodbye.longestAbsenceSeconds))
                )
            )
            return .fetchRefusal(try known(refusal))
        default: throw ProtocolError(.unexpectedFrame, "a frame of kind \(kind) is about no order")
        }
    }

    private static func digest(_ reader: inout ByteReader) throws -> [UInt8] {
        Array(try reader.readBytes(ArtifactOffer.digestBytes))
    }

    private static func known<Value>(_ value: Value?) throws -> Value {
        guard let value else {
            throw ProtocolError(.malformedFrame, "a \(Value.self) that can't be")
        }
        return value
    }
}
