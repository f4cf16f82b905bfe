import Foundation

/// What the API answered.
struct APIResponse: Sendable {
    let status: Int
    /// With lower-case names, in their order.
    let headers: [(name: String, value: String)]
    let body: String

    /// - Parameter text: a whole HTTP/1.1 response, up to the end of its connection.
    init?(_ text: String) {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return nil
        }
        self.status = status
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            return (parts[0].lowercased(), value)
        }
        let rest = String(text[end.upperBound...])
        let isChunked = headers.contains { $0 == ("transfer-encoding", "chunked") }
        body = isChunked ? Self.joined(rest) : rest
    }

    /// The chunks of a body as one text: sizes in hexadecimal digits, of bytes, come before each.
    private static func joined(_ text: String) -> String {
        var bytes = Array(text.utf8)[...]
        var body: [UInt8] = []
        while let end = bytes.firstIndex(of: 0x0D) {
            let size = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16) ?? 0
            bytes = bytes[end...].dropFirst(2)
            guard size > 0 else { break }
            body += bytes.prefix(size)
            bytes = bytes.dropFirst(size + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }

    subscript(header: String) -> String? { headers.first { $0.name == header }?.value }

    /// The body as a JSON object.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// The last word of a problem's type, if this is one as RFC 9457 tells it and true to itself.
    var problem: String? {
        let prefix = "urn:hawser:problem:"
        guard self["content-type"] == "application/problem+json",
            let type = json["type"] as? String, type.hasPrefix(prefix),
            json["status"] as? Int == status, (json["title"] as? String)?.isEmpty == false,
            json["detail"] is String
        else { return nil }
        return String(type.dropFirst(prefix.count))
    }
}
