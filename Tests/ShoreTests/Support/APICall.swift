import FleetIdentity
import FleetRuntime
import FleetTestSupport

/// One request in HTTP/1.1, written by hand, so that a test can write a wrong one.
struct APICall {
    var method = "GET"
    var path: String
    var headers: [String] = []
    var body: String?

    var text: String {
        var lines =
            ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return (lines + ["", body ?? ""]).joined(separator: "\r\n")
    }

    /// Sends it over a connection of its own and reads to the end.
    func answer(port: Int, authority: IssuedCertificate) async throws -> APIResponse {
        let client = try await WireClient.connect(port: port, authority: authority)
        defer { client.close() }
        client.send(Array(text.utf8))
        // The length says when a body is whole; a response to HEAD has none.
        let answer = try await eventually("\(method) \(path) is answered") {
            () -> Result<APIResponse, CommandError>? in
            // Looked at first: what comes before the end is received by then.
            let isClosed = client.isClosed
            guard let response = APIResponse(String(decoding: client.received, as: UTF8.self))
            else {
                guard isClosed else { return nil }
                return .failure(CommandError("\(method) \(path) was not answered"))
            }
            let length = response["content-length"].flatMap { Int($0) }
            let isWhole = length.map { response.body.utf8.count >= $0 } ?? false
            return isWhole || isClosed ? .success(response) : nil
        }
        return try answer.get()
    }
}

extension APICall {
    /// As above, trusting the authority in a server's data directory.
    func answer(port: Int, data: String) async throws -> APIResponse {
        let pem = try AtomicFile.readText(data + "/authority/ca.crt", limit: 64 * 1024)
        return try await answer(port: port, authority: IssuedCertificate(pem: pem))
    }
}
