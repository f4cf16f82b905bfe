/// Where each kind of decision has its contexts in the table of probabilities. The order and the
/// sizes are part of the format.
enum ModelLayout {
    /// A tree of 7 bits for the length, then two modelled bits below the leading one.
    static let belowSize = 65 * 4
    static let numberSize = 128 + belowSize

    static let groupNumber = 0
    static let timestamp = groupNumber + numberSize
    static let listFlag = timestamp + numberSize * 2
    static let listNumber = listFlag + 8
    static let presenceFlag = listNumber + numberSize
    static let presenceNumber = presenceFlag + 8
    static let unchanged = presenceNumber + numberSize
    static let constant = unchanged + 64
    static let exceptionFlag = constant + 16
    static let exceptionClass = exceptionFlag + 8
    static let scaleFlag = exceptionClass + 16
    static let scaleKind = scaleFlag + 16
    static let scaleExponent = scaleKind + 8 * 8
    static let firstFlag = scaleExponent + 2 * numberSize
    static let firstAbsolute = firstFlag + 16
    static let firstRelative = firstAbsolute + numberSize * 2
    static let firstSign = firstRelative + numberSize
    static let predictor = firstSign + 4
    static let referenceFlag = predictor + 6 * 5 * 8
    static let referenceDistance = referenceFlag + 4
    static let zero = referenceDistance + numberSize
    static let sign = zero + 3 * 8 * 3
    static let lengthTree = sign + 3 * 8
    static let lengthEqual = lengthTree + 17 * 128
    static let lengthAbove = lengthEqual + 4 * 4
    static let lengthMore = lengthAbove + 4 * 4
    static let below = lengthMore + 4 * 2 * 64
    static let correction = below + belowSize
    static let size = correction + numberSize
}
