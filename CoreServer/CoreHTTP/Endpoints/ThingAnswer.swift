import CoreDomain
import HTTPTypes
import Hummingbird

/// Things as answers.
enum ThingAnswer {
    static func one(_ thing: some Thing) throws -> Response {
        var response = json(try thing.json)
        response.headers[.eTag] = "\"\(thing.version)\""
        return response
    }

    /// - Parameter secrets: texts that are shown this once.
    static func created(
        _ thing: some Thing,
        _ request: Request,
        with secrets: [(name: String, value: String)] = []
    ) throws -> Response {
        var text = try thing.json
        if !secrets.isEmpty {
            let members = secrets.map { "\"\($0.name)\":\(JSONText.string($0.value).text)" }
            text = "\(text.dropLast()),\(members.joined(separator: ","))}"
        }
        var response = json(text)
        response.headers[.eTag] = "\"\(thing.version)\""
        response.status = .created
        response.headers[.location] = "\(request.uri.path)/\(thing.reference)"
        return response
    }

    static func page(_ page: Page<some Thing>) throws -> Response {
        let items = try page.items.map { try $0.json }.joined(separator: ",\n")
        let next = page.next.map { JSONText.string($0).text } ?? "null"
        return json("{\"items\":[\(items)],\"next\":\(next)}")
    }

    static func json(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}
