/// A PostgreSQL type by its object identifier, as in `pg_type.oid`.
///
/// The built-in ones are fixed for all versions; those of extensions and enums start at 16384.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Left to PostgreSQL to find out from the statement, as with a quoted literal.
    package static let inferred = Self(0)

    package static let bool = Self(16)
    package static let bytea = Self(17)
    static let char = Self(18)
    static let name = Self(19)
    package static let int8 = Self(20)
    static let int2 = Self(21)
    package static let int4 = Self(23)
    package static let text = Self(25)
    static let oid = Self(26)
    static let json = Self(114)
    static let float4 = Self(700)
    package static let float8 = Self(701)
    static let unknown = Self(705)
    static let bpchar = Self(1042)
    static let varchar = Self(1043)
    static let date = Self(1082)
    static let timestamp = Self(1114)
    package static let timestamptz = Self(1184)
    static let numeric = Self(1700)
    static let void = Self(2278)
    static let uuid = Self(2950)
    static let jsonb = Self(3802)

    package static let boolArray = Self(1000)
    package static let byteaArray = Self(1001)
    package static let int4Array = Self(1007)
    package static let textArray = Self(1009)
    package static let int8Array = Self(1016)
    package static let float8Array = Self(1022)
    package static let timestamptzArray = Self(1185)
    static let nameArray = Self(1003)
    static let varcharArray = Self(1015)

    /// Types made by `CREATE TYPE` and extensions: enums, for us, whose binary form is their text.
    var isUserDefined: Bool { rawValue >= 16_384 }
}
