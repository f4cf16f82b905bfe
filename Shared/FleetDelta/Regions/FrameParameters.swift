/// What an encoder chose for the models of a frame.
struct FrameParameters: Equatable {
    /// log₂ of the slots (64 bytes each) of the byte model.
    var slotBits = 16
    /// Bytes from one record to the next; 0 for none.
    var period = 0
    /// log₂ of how many bytes the byte model learns from at the end of a run that is as in the base; 0 for none.
    var trainingBits = 0

    var training: Int { trainingBits == 0 ? 0 : 1 << trainingBits }

    static let slotBitsRange = 8...19
    static let largestPeriod = 255
    static let largestTrainingBits = 16
}
