import FleetProtocol

/// Parts of frames about orders, of which only the sizes could be wrong.
extension FrameSamples {
    static func answer(refusal: String, reason: String) -> DirectiveAnswer {
        made(
            DirectiveAnswer(
                id: (0..<UInt8(DirectiveAnswer.idBytes)).map { 0xC0 + $0 },
                refusal: refusal,
                reason: reason
            )
        )
    }

    static func offer(size: UInt64, bases: [UInt8]) -> ArtifactOffer {
        made(
            ArtifactOffer(
                content: digest(0x41),
                size: size,
                tree: digest(0x51),
                bases: bases.map(digest)
            )
        )
    }

    static func fetch(from: UInt64, length: UInt64) -> ArtifactFetch {
        made(ArtifactFetch(content: digest(0x41), from: from, to: from + length))
    }

    static func artifactPiece(offset: UInt64, _ payload: [UInt8]) -> ArtifactPiece {
        made(
            ArtifactPiece(
                content: Array(digest(0x41).prefix(ArtifactPiece.prefixBytes)),
                offset: offset,
                payload: payload
            )
        )
    }

    static func fetchRefusal(code: String, seconds: UInt32) -> FetchRefusal {
        made(FetchRefusal(content: digest(0x41), code: code, retryAfterSeconds: seconds))
    }

    private static func digest(_ first: UInt8) -> [UInt8] {
        (0..<UInt8(ArtifactOffer.digestBytes)).map { first + $0 }
    }

    private static func made<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a sample has a wrong size") }
        return value
    }
}
