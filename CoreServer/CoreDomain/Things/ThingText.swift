/// The limits of what people write into things.
enum ThingText {
    /// - Throws: `DomainError` `invalid` for too long ones, and for control characters.
    static func check(
        _ text: String,
        _ what: String,
        in lengths: ClosedRange<Int>
    )
        throws(DomainError)
    {
        let isPrintable = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        guard lengths.contains(text.unicodeScalars.count), isPrintable else {
            throw DomainError(
                .invalid,
                "\(what) has \(lengths.lowerBound) to \(lengths.upperBound) characters, none of them "
                    + "a control character"
            )
        }
    }
}
