import FleetRuntime
import Glibc

/// Finds out before anything is started whether an address can be listened on.
enum ListenCheck {
    /// - Throws: `CommandError` that names the address and the reason.
    static func check(_ address: ListenAddress) throws {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard status == 0, let list = found else {
            throw CommandError(
                "can't listen on \(address): \(String(cString: gai_strerror(status)))"
            )
        }
        defer { freeaddrinfo(list) }
        let candidate = list.pointee
        let file = socket(candidate.ai_family, candidate.ai_socktype, candidate.ai_protocol)
        guard file >= 0 else {
            throw CommandError("can't listen on \(address): \(FileError.describe(errno))")
        }
        defer { close(file) }
        // As the listeners do: a port that only waits for old connections' ends is free.
        var yes: Int32 = 1
        setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(file, candidate.ai_addr, candidate.ai_addrlen) == 0, listen(file, 1) == 0 else {
            throw CommandError("can't listen on \(address): \(FileError.describe(errno))")
        }
    }
}
