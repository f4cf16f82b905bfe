/// What bytes really cost: a link is billed for what the network carries, not for payload.
///
/// An estimate where the agent can't see: TCP and IP headers (40 bytes and 12 of options) for every
/// 1,400 bytes, and a pure acknowledgement the other way for every second of those.
package enum WireCost {
    /// Frame: kind, length, lane, sequence, offset, count, checksum.
    static let frameBytes = 20
    /// TLS 1.3: header, content type, tag.
    static let recordBytes = 22
    static let packetPayload = 1400
    static let packetBytes = 52
    /// TCP's three packets, and a TLS 1.3 handshake with certificates on both sides.
    package static let handshake: UInt64 = 3600

    /// Bytes on the link for one frame of so much payload.
    package static func ofFrame(payload: Int) -> UInt64 { ofWrite(payload + frameBytes) }

    /// Bytes on the link for so many bytes given to TLS at once.
    package static func ofWrite(_ count: Int) -> UInt64 {
        let record = count + recordBytes
        let packets = (record + packetPayload - 1) / packetPayload
        return UInt64(record + packets * packetBytes + (packets + 1) / 2 * packetBytes)
    }

    /// The largest payload of a frame that costs at most so much; 0 where none does.
    package static func payload(within bytes: UInt64, limit: Int) -> Int {
        var low = 0
        var high = limit
        while low < high {
            let middle = (low + high + 1) / 2
            if ofFrame(payload: middle) <= bytes { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
