import FleetSeries

/// What a peer did that the protocol does not allow. Each ends the session, and that session alone.
package struct ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A stable word: the label of the counter, and what the peer is told.
    package struct Code: Hashable, Sendable {
        package let name: String

        private init(_ name: String) {
            self.name = name
        }

        package static let unknownFrame = Self("unknown_frame")
        package static let frameTooLong = Self("frame_too_long")
        package static let wrongChecksum = Self("wrong_checksum")
        package static let malformedFrame = Self("malformed_frame")
        package static let unexpectedFrame = Self("unexpected_frame")
        package static let unsupportedVersion = Self("unsupported_version")
        package static let unknownLane = Self("unknown_lane")
        package static let segmentTooLong = Self("segment_too_long")
        package static let badSegment = Self("bad_segment")
        package static let positionDisagreement = Self("position_disagreement")
        package static let refused = Self("refused")
        package static let silent = Self("silent")
        package static let identityUsedTwice = Self("identity_used_twice")
        /// No fault of the ship's: its company may send no more for now.
        package static let quotaExceeded = Self("quota_exceeded")

        /// Every code, so that their counters exist from the start.
        package static let all: [Self] = [
            .unknownFrame, .frameTooLong, .wrongChecksum, .malformedFrame, .unexpectedFrame,
            .unsupportedVersion, .unknownLane, .segmentTooLong, .badSegment,
            .positionDisagreement, .refused, .silent, .identityUsedTwice,
            .quotaExceeded,
        ]
    }

    package let code: Code
    /// One sentence, safe to show to the peer.
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package init(_ error: ByteError, in kind: FrameKind) {
        self.init(.malformedFrame, "a frame of kind \(kind) can't be read: \(error)")
    }

    package var description: String { "\(code.name): \(reason)" }
}
