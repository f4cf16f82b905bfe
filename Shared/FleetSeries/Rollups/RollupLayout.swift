/// Where each kind of decision on rollups has its contexts in the table of probabilities. The order
/// and the sizes are part of the format.
enum RollupLayout {
    static let numberSize = ModelLayout.numberSize
    /// A tree for the length in each of 18 classes, then the bits below the leading one.
    static let classes = 18
    /// By half the length of what the number can come to.
    static let wideClasses = 34
    static let wideFieldSize = wideClasses * 128 + ModelLayout.belowSize
    static let fieldSize = classes * 128 + ModelLayout.belowSize

    static let seriesStep = 0
    static let counterFlag = seriesStep + numberSize
    static let samePresence = counterFlag + 2
    static let presence = samePresence + 2
    static let shape = presence + 4
    static let sameCount = shape + 6 * 8
    static let count = sameCount + 2
    static let lastAt = count + numberSize
    static let form = lastAt + numberSize
    static let scaleFlag = form + 2 * 5 * 5 * 4
    static let scaleKind = scaleFlag + 8
    static let scaleExponent = scaleKind + 8 * 8
    static let relative = scaleExponent + 2 * numberSize
    static let firstNumber = relative + 2
    static let correction = firstNumber + 3 * numberSize
    static let last = correction + numberSize
    static let below = last + fieldSize
    static let above = below + fieldSize
    static let step = above + fieldSize
    static let increase = step + fieldSize
    static let sumFlag = increase + fieldSize
    static let sum = sumFlag + 8
    static let sumBits = sum + wideFieldSize
    static let sketchFlag = sumBits + numberSize
    static let bins = sketchFlag + 2
    static let binStep = bins + numberSize
    static let binCount = binStep + numberSize
    static let fewLeft = binCount + numberSize
    static let manyLeft = fewLeft + 8 * 8
    static let size = manyLeft + wideFieldSize
}
