/// Where an artifact is, among a tenant's: names with slashes between them.
///
/// Files are stored under names that the registry draws, so that no path ever reaches a file system
/// here. Clients do make files of them: what would lead elsewhere there, however it is encoded, is
/// refused on the way in.
package struct ArtifactPath: Sendable, Hashable, CustomStringConvertible {
    package static let mostBytes = 1000
    package static let mostSegmentBytes = 255
    /// Encodings within encodings that are looked through.
    private static let mostDecodings = 8

    /// As stored; empty for the root.
    package let text: String

    package static let root = ArtifactPath(checked: "")

    private init(checked text: String) { self.text = text }

    /// - Parameter text: decoded once, as what received it does. A slash at its end is no matter.
    /// - Throws: `RegistryError` `invalid`.
    package init(_ text: some StringProtocol) throws(RegistryError) {
        var text = String(text)
        if text.hasSuffix("/"), text != "/" { text.removeLast() }
        guard !text.isEmpty else { throw .invalid("Invalid path: it is empty") }
        try Self.check(text)
        // Whoever decodes once too often must not find something else in it.
        var decoded = text
        for round in 0... {
            guard let next = Self.decoded(decoded), next != decoded else { break }
            guard round < Self.mostDecodings else { throw Self.refusal(text) }
            decoded = next
            try Self.check(decoded, original: text)
        }
        self.text = text
    }

    /// As it stands in a URL.
    ///
    /// - Throws: `RegistryError` `invalid`.
    package init(encoded: some StringProtocol) throws(RegistryError) {
        guard let text = Self.decoded(String(encoded)) else {
            throw .invalid("Invalid path: it is not UTF-8, or not encoded as URLs are")
        }
        try self.init(text)
    }

    private static func refusal(_ text: String) -> RegistryError {
        .invalid(
            "Invalid path: \(text.prefix(200).debugDescription) is not of names with slashes between "
                + "them, none of them '..' or '.', without '\\', '#' and control characters"
        )
    }

    private static func check(_ text: String, original: String? = nil) throws(RegistryError) {
        guard text.utf8.count <= mostBytes else {
            throw .invalid("Invalid path: a path has at most \(mostBytes) bytes")
        }
        let isPlain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#")
        }
        let bytes = Array(text.utf8.prefix(2))
        let hasDrive =
            bytes.count == 2 && bytes[1] == UInt8(ascii: ":")
            && (0x61...0x7A).contains(bytes[0] | 0x20)
        // C1 controls, and what turns the direction of a text around on its way to a screen.
        let isReadable = text.unicodeScalars.allSatisfy {
            !(0x80...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
                && !(0x2066...0x2069).contains($0.value)
        }
        guard isPlain, isReadable, !hasDrive, RegistryText.isNormalPath(text) else {
            throw refusal(original ?? text)
        }
        guard
            text.utf8.split(separator: UInt8(ascii: "/")).allSatisfy({
                $0.count <= mostSegmentBytes
            })
        else {
            throw .invalid("Invalid path: a name has at most \(mostSegmentBytes) bytes")
        }
    }

    /// - Returns: nil where the result is no UTF-8; what is no encoding stays as it is.
    private static func decoded(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "%")) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    package var description: String { text }

    package var isRoot: Bool { text.isEmpty }

    /// Its last name.
    package var name: String {
        text.split(separator: "/").last.map(String.init) ?? ""
    }

    /// What the paths of all that lies in it begin with.
    var prefix: String { isRoot ? "" : text + "/" }

    /// The directories that it lies in, but for the root.
    var ancestors: [String] {
        var ancestors: [String] = []
        for index in text.indices where text[index] == "/" {
            ancestors.append(String(text[..<index]))
        }
        return ancestors
    }

    /// - Throws: `RegistryError` `invalid` where both together are too long.
    package func appending(_ other: ArtifactPath) throws(RegistryError) -> ArtifactPath {
        if other.isRoot { return self }
        return try ArtifactPath(prefix + other.text)
    }

    /// What `mlflow-artifacts:/PATH` names; nil for a URI of another store.
    ///
    /// - Throws: `RegistryError` `invalid`.
    package static func of(uri: String) throws(RegistryError) -> ArtifactPath? {
        let scheme = "mlflow-artifacts:/"
        guard uri.hasPrefix(scheme) else { return nil }
        // Whether a host is named, or none: it is this server.
        var path = uri.dropFirst(scheme.count)
        if path.hasPrefix("/") {
            path = path.dropFirst()
            path = path.first == "/" ? path.dropFirst() : path.drop { $0 != "/" }.dropFirst()
        }
        return path.isEmpty ? .root : try ArtifactPath(path)
    }
}
