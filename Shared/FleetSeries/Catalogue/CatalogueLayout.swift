/// Where each kind of decision of a catalogue has its contexts in the table of probabilities. The
/// order and the sizes are part of the format.
enum CatalogueLayout {
    /// Labels that have contexts of their own; those behind share the last.
    static let slotCount = 32

    static let sameName = 0
    static let kind = sameName + 16
    static let candidate = kind + 64 * 8
    static let sameShape = candidate + 16
    static let knownShape = sameShape + 8
    static let shapePlace = knownShape + 8
    static let shapeSize = shapePlace + ModelLayout.numberSize
    static let knownLabel = shapeSize + ModelLayout.numberSize
    static let labelPlace = knownLabel + 8
    static let same = labelPlace + ModelLayout.numberSize
    static let next = same + slotCount * 8
    static let known = next + slotCount * 4
    static let place = known + slotCount
    static let resolution = place + ModelLayout.numberSize
    static let coefficient = resolution + 8
    static let exponent = coefficient + ModelLayout.numberSize
    static let size = exponent + ModelLayout.numberSize
}
