import FleetModel
import FleetSeries

/// Takes bytes as they come and gives the frames in them.
///
/// A frame's length is judged as soon as it is known, before its body is kept, so a peer can make
/// the decoder hold at most one frame. After an error the decoder stays in it.
package struct FrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private var failure: ProtocolError?

    package init() {}

    /// Bytes that are waiting for the rest of their frame.
    package var bufferedBytes: Int { buffer.count - start }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0, start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 64 * 1024 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or `nil` until more bytes come.
    package mutating func next() throws(ProtocolError) -> Frame? {
        if let failure { throw failure }
        do {
            return try decodeNext()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func decodeNext() throws(ProtocolError) -> Frame? {
        while true {
            let kindByte: UInt8
            let length: UInt64
            // Only the header is looked at, so that the verdict does not depend on how much of what
            // follows has come.
            var header = ByteReader(buffer[start...].prefix(ProtocolLimits.headerBytes))
            guard header.remaining >= 2 else { return nil }
            let headerBytes = header.remaining
            do {
                kindByte = try header.readByte()
                length = try header.readVarint()
            } catch {
                // A length that does not end within three bytes is above every limit.
                guard headerBytes == ProtocolLimits.headerBytes else { return nil }
                throw ProtocolError(.frameTooLong, "a frame's length is not a number below 2^21")
            }
            let kind = FrameKind(rawValue: kindByte)
            if kind == nil, kindByte < FrameKind.ignorableFrom {
                throw ProtocolError(.unknownFrame, "frame kind \(kindByte) is not known")
            }
            let limit =
                kind == .data || kind == .bulk
                ? ProtocolLimits.dataBodyBytes : ProtocolLimits.controlBodyBytes
            guard length <= UInt64(limit) else {
                throw ProtocolError(
                    .frameTooLong,
                    "a frame of kind \(kindByte) announces \(length) bytes, \(limit) are allowed"
                )
            }
            let headerSize = headerBytes - header.remaining
            let size = headerSize + Int(length) + ProtocolLimits.checksumBytes
            guard bufferedBytes >= size else { return nil }
            let checked = buffer[start..<start + headerSize + Int(length)]
            var trailer = ByteReader(buffer[checked.endIndex..<start + size])
            let body = checked[(start + headerSize)...]
            start += size
            guard (try? trailer.readLittleEndian(UInt32.self)) == CRC32C.checksum(checked) else {
                throw ProtocolError(
                    .wrongChecksum,
                    "a frame of kind \(kindByte) has a wrong checksum"
                )
            }
            guard let kind else { continue }
            do {
                return try FrameBody.read(kind, body)
            } catch let error as ByteError {
                throw ProtocolError(error, in: kind)
            } catch let error as ProtocolError {
                throw error
            } catch {
                throw ProtocolError(.malformedFrame, "a frame of kind \(kind) can't be read")
            }
        }
    }
}
