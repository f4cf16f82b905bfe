/// Why a field can't be read as what was asked for; the row adds the column.
struct DecodingFailure: Error {
    let reason: String

    static func type(_ type: PostgresType) -> Self {
        Self(reason: "has type \(type.rawValue), which does not fit")
    }

    static let damaged = Self(reason: "has a length that its type can't have")
}
