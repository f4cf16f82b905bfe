import Foundation
import FleetRuntime
import Glibc

/// A blocking TCP socket on 127.0.0.1: what a test of the link needs, and nothing that buffers.
final class PlainSocket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // A test that hangs says less than one that fails.
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    deinit {
        close(descriptor)
    }

    /// Listens on a free port.
    static func listening() throws -> (socket: PlainSocket, port: Int) {
        let socket = PlainSocket(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket.descriptor, pointer, length) == 0
                    && listen(socket.descriptor, 16) == 0
                    && getsockname(socket.descriptor, pointer, &length) == 0
            }
        }
        guard isListening else { throw FileError("listen on", "127.0.0.1") }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connected(port: Int) throws -> PlainSocket {
        let socket = PlainSocket(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = Self.address(port: port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(socket.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw FileError("connect to", "127.0.0.1:\(port)") }
        return socket
    }

    func accepted() throws -> PlainSocket {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw FileError("accept on", "127.0.0.1") }
        return PlainSocket(accepted)
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw FileError("send to", "a socket") }
            sent += count
        }
    }

    func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection with a reset, as a program does that crashes with unread bytes.
    func resetConnection() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        // The descriptor itself is closed with this object; connecting it to nowhere resets it now.
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Some bytes; empty at the end. A reset is a `FileError` with `ECONNRESET`.
    func receive(atMost limit: Int = 65_536) throws(FileError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count >= 0 else { throw FileError("receive from", "a socket") }
        return Array(buffer[0..<count])
    }

    /// Everything until the end, and whether that was a reset.
    func receiveAll() throws -> (bytes: [UInt8], isReset: Bool) {
        var all: [UInt8] = []
        while true {
            do {
                let bytes = try receive()
                if bytes.isEmpty { return (all, false) }
                all += bytes
            } catch {
                guard error.code == ECONNRESET else { throw error }
                return (all, true)
            }
        }
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// Runs blocking work on a thread of its own, so that no task waits for a socket.
func blocking<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        // A thread of its own: the dispatch pool has few, and tests that wait for each other in it
        // would wait for ever.
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}
