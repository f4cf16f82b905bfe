import HTTPTypes
import Hummingbird

/// The cookie that a browser gets for a session: out of scripts' reach, only over TLS, never sent by
/// another site. It goes with the browser's session.
enum SessionCookie {
    /// `__Host-` makes browsers demand Secure, no Domain, and Path=/.
    private static let name = "__Host-hawser"

    /// The session's secret, as it came.
    static func text(of request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimming == name { return parts[1].trimming }
            }
        }
        return nil
    }

    static func setting(_ token: String) -> String {
        "\(name)=\(token); Path=/; Secure; HttpOnly; SameSite=Strict"
    }

    static let clearing = "\(name)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
}

extension Substring {
    fileprivate var trimming: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
