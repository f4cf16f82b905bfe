import FleetRuntime
import Glibc

/// One GET of a port of this machine, for its status alone. Blocks.
struct LoopbackProbe: Sendable {
    static let pathBytes = 256
    private static let answerBytes = 4096
    /// A peer that goes away is an answer, and no signal.
    private var noSignal: Int32 { Int32(MSG_NOSIGNAL) }

    let port: UInt16
    let path: String
    let seconds: Int

    /// Whether a path is one line of a request and no more.
    static func isSafe(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && path.utf8.count <= pathBytes
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// `nil` if the answer's status is 200 to 299; else why it is not fine.
    func ask() -> String? {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard file >= 0 else { return FileError("open", "a socket").description }
        defer { close(file) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return "port \(port): \(FileError.describe(errno))" }
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n".utf8
        )
        guard send(file, request, request.count, noSignal) == request.count
        else { return "port \(port): \(FileError.describe(errno))" }
        return judge(answer(file))
    }

    /// The first line of the answer, or what came of it in time.
    private func answer(_ file: Int32) -> [UInt8] {
        let end = ContinuousClock.now + .seconds(seconds)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.answerBytes)
        while ContinuousClock.now < end, answer.count < Self.answerBytes {
            let count = recv(file, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            answer += buffer[..<count]
            if answer.contains(UInt8(ascii: "\n")) { break }
        }
        return answer
    }

    private func judge(_ answer: [UInt8]) -> String? {
        let line = answer.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return "port \(port) gave no answer in \(seconds) s"
        }
        return 200...299 ~= status ? nil : "port \(port), \(path): it answered \(status)"
    }
}
