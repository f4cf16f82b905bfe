import HTTPTypes
import Hummingbird

/// What a browser gets where a program gets JSON.
enum BrowserPages {
    /// Whether the caller asks for a page before anything else.
    static func wantsPage(_ request: Request) -> Bool {
        if let format = request.uri.queryParameters["format"] { return format == "html" }
        return request.headers[.accept]?.contains("text/html") ?? false
    }

    /// A problem as a page; one of identity leads to the sign-in and back.
    static func page(for problem: Problem, _ request: Request) -> Response {
        if problem.status == 401, request.method == .get {
            var path = request.uri.path
            if let query = request.uri.query { path += "?\(query)" }
            return redirect(to: "/sign-in?next=\(percentEncoded(path))")
        }
        return html(
            ProblemPage.render(
                status: problem.status,
                title: problem.title,
                detail: problem.detail
            ),
            status: .init(code: problem.status, reasonPhrase: problem.title)
        )
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    static func redirect(to location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }

    /// Only ways within this server, so that nobody is led away by a link.
    static func localPath(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix("/\\"),
            // Browsers drop tabs and line ends before they look: "/\t/host" leads to that host.
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return "/" }
        return text
    }

    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                || "-._~/".unicodeScalars.contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
