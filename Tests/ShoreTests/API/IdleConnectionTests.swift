import FleetRuntime
import FleetTestSupport
import Foundation
import Glibc
import Testing

/// Connections that say nothing: as many as one machine can hold.
@Suite(.timeLimit(.minutes(10)))
struct IdleConnectionTests {
    /// - Returns: how many files this process may have open.
    private func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(limit.rlim_cur)
    }

    private func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return address
    }

    /// A connection from another address than the tests' own, on which nothing is ever sent.
    private func connect(from source: String, port: Int) -> Int32? {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard file >= 0 else { return nil }
        func with(
            _ address: sockaddr_in,
            _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
        )
            -> Bool
        {
            var address = address
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
        let isBound = with(address(source, 0)) { Glibc.bind(file, $0, $1) }
        guard isBound, with(address("127.0.0.1", port), { Glibc.connect(file, $0, $1) }) else {
            close(file)
            return nil
        }
        return file
    }

    @Test func `one address has no more connections than its limit, and others have theirs`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let path = folder + "/core.yaml"
            try AtomicFile.write(
                Array("api_connections_per_address: 20\n".utf8),
                to: path,
                mode: 0o644
            )
            try await Shore.lend(arguments: ["--config", path]) { shore in
                var files: [Int32] = []
                defer { for file in files { close(file) } }
                for _ in 0..<30 {
                    files.append(try #require(connect(from: "127.0.0.2", port: shore.apiPort)))
                }
                try await eventually("those beyond the limit are closed") {
                    try await shore.metric(
                        "hawser_http_refused_total{reason=\"too_many_from_address\"}"
                    ) == 10
                }
            }
        }
    }

    @Test func `ten thousand idle connections leave the API answering, and are ended`()
        async throws
    {
        let count = min(10_000, raiseLimit() - 2_000)
        try #require(count >= 500, "this machine allows too few open files")
        try await withTemporaryDirectory { folder in
            let path = folder + "/core.yaml"
            let settings =
                "api_connections: \(count + 200)\n"
                + "api_connections_per_address: \(count)\n"
            try AtomicFile.write(Array(settings.utf8), to: path, mode: 0o644)
            try await Shore.lend(arguments: ["--config", path]) { shore in
                let tenant = try await shore.makeTenant("acme")
                let token = try await shore.makeToken(tenant)
                var files: [Int32] = []
                defer { for file in files { close(file) } }
                for _ in 0..<count {
                    files.append(try #require(connect(from: "127.0.0.2", port: shore.apiPort)))
                }
                // On a busy machine the first are cut off before the last have come.
                func ended(_ reason: String) async throws -> Double {
                    try await shore.metric("hawser_http_refused_total{reason=\"\(reason)\"}")
                }
                try await eventually("all had a place", timeout: .seconds(240)) {
                    let open = try await shore.metric("hawser_http_connections")
                    return try await open + ended("slow_head") > Double(count)
                }
                let report = try await shore.call("/api/v1/fleet/report", token: token)
                #expect(report.status == 200)
                print("\(count) idle connections, and the API answers")
                try await eventually("the idle ones are ended", timeout: .seconds(240)) {
                    try await shore.metric("hawser_http_connections") < 10
                }
            }
        }
    }
}
