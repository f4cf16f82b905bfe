/// Before each frame: how much new content it tells, in how many bytes, and with which models.
struct FrameHeader: Equatable {
    /// New bytes; of the first frame, the listing's.
    let content: Int
    /// Bytes of the frame behind this header.
    let coded: Int
    let parameters: FrameParameters

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        DeltaHeader.appendNumber(content, to: &bytes)
        DeltaHeader.appendNumber(coded, to: &bytes)
        bytes.append(UInt8(parameters.slotBits))
        bytes.append(UInt8(parameters.period))
        bytes.append(UInt8(parameters.trainingBits))
        return bytes
    }

    /// Reads one; moves `position` behind it.
    init(_ bytes: [UInt8], _ position: inout Int) throws(DeltaError) {
        content = try DeltaHeader.number(bytes, &position)
        coded = try DeltaHeader.number(bytes, &position)
        guard content <= DeltaLimits.frame else {
            throw DeltaError(
                .tooLarge,
                "a frame of \(content) bytes; a frame has at most \(DeltaLimits.frame)"
            )
        }
        guard position + 3 <= bytes.count,
            FrameParameters.slotBitsRange.contains(Int(bytes[position])),
            Int(bytes[position + 2]) <= FrameParameters.largestTrainingBits
        else { throw DeltaError(.malformed, "a frame for models that there are not") }
        parameters = FrameParameters(
            slotBits: Int(bytes[position]),
            period: Int(bytes[position + 1]),
            trainingBits: Int(bytes[position + 2])
        )
        position += 3
    }

    init(content: Int, coded: Int, parameters: FrameParameters) {
        self.content = content
        self.coded = coded
        self.parameters = parameters
    }
}
