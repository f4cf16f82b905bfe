/// The first byte of a frame.
///
/// Kinds from `ignorableFrom` on may be skipped by a peer that does not know them; an unknown
/// kind below ends the session. 0x06 and 0x09 are kept for NAK and CREDIT.
package enum FrameKind: UInt8, Sendable, CaseIterable {
    case hello = 0x01
    case state = 0x02
    case data = 0x03
    case acknowledgement = 0x04
    case ledger = 0x05
    case want = 0x07
    case bulk = 0x08
    case certificateRequest = 0x0A
    case certificate = 0x0B
    case ping = 0x0C
    case pong = 0x0D
    case goodbye = 0x0F
    case received = 0x80
    /// A ledger with what was thinned. A shore of before skips it, and learns of it in the next hello.
    case thinnedLedger = 0x85
    case wantAnswer = 0x86
    case seal = 0x87
    case witness = 0x88
    case holdings = 0x89
    case directive = 0x8A
    case directiveAnswer = 0x8B
    case offer = 0x8C
    case fetch = 0x8D
    case fetchRefusal = 0x8E

    package static let ignorableFrom: UInt8 = 0x80
}
