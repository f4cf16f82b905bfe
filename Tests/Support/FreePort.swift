import FleetRuntime
import Glibc

/// A TCP port on 127.0.0.1 that nobody uses at the moment.
///
/// Somebody else may take it before you do. Where the program under test can bind port 0 and say
/// what it got, let it.
package enum FreePort {
    /// Asks the kernel for a port by binding port 0, and lets it go.
    package static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw FileError("open", "a socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else { throw FileError("bind", "a port on 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
