/// Records of pax: `LENGTH KEY=VALUE` and a line feed, LENGTH being that of all of it.
struct TarRecords: Sendable {
    private var name: String?
    private var size: Int64?

    /// - Throws: `RegistryError` `invalid`.
    static func read(_ bytes: [UInt8]) throws(RegistryError) -> TarRecords {
        var records = TarRecords()
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let blank = rest.prefix(8).firstIndex(of: 0x20),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == 0x0A
            else { throw TarHeader.malformed("a pax record has a wrong length") }
            let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw TarHeader.malformed("a pax record has no value")
            }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            try records.set(key, record[(equals + 1)...])
        }
        return records
    }

    private mutating func set(_ key: String, _ value: ArraySlice<UInt8>) throws(RegistryError) {
        guard let text = String(validating: value, as: UTF8.self) else {
            // Extended attributes may be anything; they are not kept.
            guard key != "path", key != "size" else {
                throw TarHeader.malformed("a name is not UTF-8")
            }
            return
        }
        switch key {
        case "path": name = text
        case "size":
            guard let size = Int64(text), size >= 0 else {
                throw TarHeader.malformed("a number is none")
            }
            self.size = size
        case "hdrcharset" where text == "BINARY":
            throw TarHeader.malformed("a name is not UTF-8")
        default:
            guard !key.hasPrefix("GNU.sparse.") else {
                throw RegistryError.invalid(
                    "the tar has a file with holes: make it without --sparse"
                )
            }
        }
    }

    /// What they say, else what was said before.
    func over(_ name: String?, _ size: Int64?) -> (name: String?, size: Int64?) {
        (self.name ?? name, self.size ?? size)
    }

    /// Those of all entries name none.
    func requireNothing() throws(RegistryError) {
        guard name == nil, size == nil else {
            throw TarHeader.malformed("its global records name an entry")
        }
    }
}
