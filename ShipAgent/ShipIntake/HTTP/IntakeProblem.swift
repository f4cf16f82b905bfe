import FleetModel
import NIOCore
import NIOHTTP1

/// Why a request was not taken, as RFC 9457 tells it.
///
/// The status says what a sender may do: after 4xx the same request fails again, but for 408 and
/// 429; after those and 5xx it may be sent again, where `retryAfter` is set not before that.
package struct IntakeProblem: Error, Sendable, CustomStringConvertible {
    package let status: HTTPResponseStatus
    /// A stable word for machines and counters, such as `body_too_large`.
    package let word: String
    /// One sentence for people, which may repeat nothing secret.
    package let detail: String
    package let retryAfter: Duration?
    /// What the answer carries besides, such as counts of what was taken nevertheless.
    package var headers: HTTPHeaders = [:]

    package init(
        _ status: HTTPResponseStatus,
        _ word: String,
        _ detail: String,
        retryAfter: Duration? = nil
    ) {
        self.status = status
        self.word = word
        self.detail = detail
        self.retryAfter = retryAfter
    }

    package var description: String { detail }

    package var response: IntakeResponse {
        var headers = headers
        headers.replaceOrAdd(name: "content-type", value: "application/problem+json")
        if let retryAfter {
            // Whole seconds, rounded up: "0" would ask for a storm.
            let seconds = max(1, (retryAfter.milliseconds + 999) / 1000)
            headers.replaceOrAdd(name: "retry-after", value: "\(seconds)")
        }
        if status == .unauthorized {
            headers.replaceOrAdd(name: "www-authenticate", value: "Bearer realm=\"hawser-ship\"")
        }
        let json = """
            {"detail":\(Self.quoted(detail)),"status":\(status.code),\
            "title":\(Self.quoted(status.reasonPhrase)),"type":"urn:hawser:problem:\(word)"}
            """
        return IntakeResponse(status, headers: headers, body: ByteBuffer(string: json + "\n"))
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
