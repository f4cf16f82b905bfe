import FleetModel

/// The structured data of RFC 5424, as labels `element.parameter`.
enum StructuredData {
    /// `-`, or elements one behind the other. A parameter that comes twice in one element keeps
    /// both its values, with a comma between them.
    ///
    /// - Returns: `nil` where it is not in order; then nothing is read.
    static func read(_ text: inout ArraySlice<UInt8>) -> [LabelSet.Label]? {
        var rest = text
        if rest.first == UInt8(ascii: "-") {
            rest = rest.dropFirst()
            guard rest.isEmpty || rest.first == 0x20 else { return nil }
            text = rest
            return []
        }
        var names: [String] = []
        var values: [String: String] = [:]
        while rest.first == UInt8(ascii: "[") {
            rest = rest.dropFirst()
            guard let element = name(&rest) else { return nil }
            while rest.first == 0x20 {
                rest = rest.dropFirst()
                guard let parameter = name(&rest), rest.starts(with: [0x3D, 0x22]) else {
                    return nil
                }
                rest = rest.dropFirst(2)
                guard let value = value(&rest) else { return nil }
                let label = "\(element).\(parameter)"
                if let earlier = values[label] {
                    values[label] = "\(earlier),\(value)"
                } else {
                    names.append(label)
                    values[label] = value
                }
            }
            guard rest.first == UInt8(ascii: "]") else { return nil }
            rest = rest.dropFirst()
        }
        guard rest.startIndex != text.startIndex, rest.isEmpty || rest.first == 0x20 else {
            return nil
        }
        text = rest
        return names.map { LabelSet.Label($0, values[$0] ?? "") }
    }

    /// Printable ASCII but for `=`, `]`, `"` and the space.
    private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
        let name = rest.prefix(256).prefix { byte in
            byte > 0x20 && byte < 0x7F && byte != 0x3D && byte != 0x5D && byte != 0x22
        }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return String(decoding: name, as: UTF8.self)
    }

    /// Up to the closing quote; `\"`, `\\` and `\]` stand for what follows the backslash.
    private static func value(_ rest: inout ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            if byte == 0x22 {
                rest = rest[(index + 1)...]
                return String(decoding: bytes, as: UTF8.self)
            }
            let next = index + 1
            if byte == 0x5C, next < rest.endIndex, [0x22, 0x5C, 0x5D].contains(rest[next]) {
                bytes.append(rest[next])
                index += 2
            } else {
                bytes.append(byte)
                index += 1
            }
        }
        return nil
    }
}
