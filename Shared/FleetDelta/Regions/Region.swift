/// A part of the new content and what it is told from.
struct Region: Equatable {
    enum Kind: Equatable {
        /// Has no counterpart in the base.
        case literal
        /// Bytes that are mostly as at a place of the base.
        case aligned
        /// Numbers that each are near the number at a place of the base.
        case elements(ElementType)

        var code: Int {
            switch self {
            case .literal: 0
            case .aligned: 1
            case .elements(let type): 2 + Int(type.rawValue)
            }
        }

        /// - Parameter code: 0...15.
        init?(code: Int) {
            switch code {
            case 0: self = .literal
            case 1: self = .aligned
            default:
                guard let type = ElementType(rawValue: UInt8(code - 2)) else { return nil }
                self = .elements(type)
            }
        }
    }

    var kind: Kind
    var length: Int
    /// In the base's content; 0 for a literal.
    var old: Int

    /// Keeps the first `length` bytes and returns the rest.
    mutating func cut(at place: Int) -> Region {
        let rest = Region(
            kind: kind,
            length: length - place,
            old: kind == .literal ? 0 : old + place
        )
        length = place
        return rest
    }
}

extension Region.Kind {
    var method: DeltaReport.Method {
        switch self {
        case .literal: .full
        case .aligned: .aligned
        case .elements: .tensor
        }
    }
}
