import CoreDomain
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Files that are larger than the memory which the server may take for them.
@Suite(.timeLimit(.minutes(10)))
struct LargeArtifactTests {
    private static let root = "/api/2.0/mlflow-artifacts"
    /// What the server may have resident, at its highest.
    private static let mostMegabytes = 128.0
    /// What it may have more than with files that are an eighth as large: buffers of one connection,
    /// and what an allocator keeps.
    private static let growthMegabytes = 16.0

    /// Asks with a client that neither reads nor keeps a whole file.
    private func curl(
        _ shore: Shore,
        _ token: String,
        _ path: String,
        _ arguments: [String]
    ) async throws -> String {
        let runner = ProcessRunner(
            "/usr/bin/curl",
            [
                "-sS", "--fail", "--cacert", shore.data + "/authority/ca.crt",
                "-H", "Authorization: Bearer \(token)",
            ] + arguments + ["https://127.0.0.1:\(shore.apiPort)\(path)"]
        )
        return try await withProcess(runner) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            try #require(status.isSuccess, "\(path): \(process.standardError)")
            return process.standardOutput
        }
    }

    private func shell(_ script: String, _ arguments: [String]) async throws -> String {
        try await withProcess(
            ProcessRunner("/bin/sh", ["-ec", script, "sh"] + arguments)
        ) { process in
            let status = try await process.waitForExit(timeout: .seconds(300))
            try #require(status.isSuccess, "\(process.standardError)")
            return process.standardOutput
        }
    }

    /// The kernel's high-water mark since the last time, in MiB.
    private func peak(_ shore: Shore) throws -> Double {
        let folder = "/proc/\(shore.process.processID)"
        let status = try AtomicFile.readText(folder + "/status", limit: 65_536)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let digits = line.filter(\.isNumber)
        let kilobytes = try #require(Double("\(digits)"))
        try "5".write(toFile: folder + "/clear_refs", atomically: false, encoding: .utf8)
        return kilobytes / 1024
    }

    /// Sends a file of so many MiB, whole and in parts, and fetches both.
    ///
    /// - Returns: the server's peak of each step.
    private func go(
        _ megabytes: Int,
        _ shore: Shore,
        _ token: String,
        in folder: String
    ) async throws -> [String: Double] {
        let file = "\(folder)/\(megabytes)"
        _ = try await shell(
            #"head -c "$1" /dev/urandom > "$2""#,
            ["\(megabytes * 1024 * 1024)", file]
        )
        let digest = try await shell(#"sha256sum < "$1""#, [file])
        var peaks: [String: Double] = [:]
        _ = try peak(shore)
        let path = "\(Self.root)/artifacts/1/whole-\(megabytes)"
        _ = try await curl(shore, token, path, ["-T", file])
        peaks["up"] = try peak(shore)
        let fetched = "\(folder)/fetched"
        _ = try await curl(shore, token, path, ["-o", fetched])
        peaks["down"] = try peak(shore)
        #expect(try await shell(#"sha256sum < "$1""#, [fetched]) == digest)

        let parts = 4
        let begun = try await curl(
            shore,
            token,
            "\(Self.root)/mpu/create/1",
            [
                "-H", "Content-Type: application/json", "-d",
                #"{"path": "parts-\#(megabytes)", "num_parts": \#(parts)}"#,
            ]
        )
        let answer = try JSONSerialization.jsonObject(with: Data(begun.utf8)) as? [String: Any]
        let id = try #require(answer?["upload_id"] as? String)
        let credentials = try #require(answer?["credentials"] as? [[String: Any]])
        var tags: [String] = []
        for (number, part) in credentials.enumerated() {
            let url = try #require(part["url"] as? String)
            let place = try #require(url.components(separatedBy: "/api/").last)
            let piece = "\(folder)/piece"
            _ = try await shell(
                #"tail -c "+$1" "$3" | head -c "$2" > "$4""#,
                [
                    "\(number * megabytes / parts * 1024 * 1024 + 1)",
                    "\(megabytes / parts * 1024 * 1024)", file, piece,
                ]
            )
            let headers = try await curl(
                shore,
                token,
                "/api/" + place,
                ["-T", piece, "-D", "-", "-o", "/dev/null"]
            )
            let tag = headers.split(whereSeparator: \.isNewline)
                .first { $0.lowercased().hasPrefix("etag:") }
            let text = try #require(tag).dropFirst(5).filter { $0 != "\"" && $0 != " " }
            tags.append(#"{"part_number": \#(number + 1), "etag": "\#(text)"}"#)
        }
        peaks["parts"] = try peak(shore)
        _ = try await curl(
            shore,
            token,
            "\(Self.root)/mpu/complete/1",
            [
                "-H", "Content-Type: application/json", "-d",
                """
                {"path": "parts-\(megabytes)", "upload_id": "\(id)",
                 "parts": [\(tags.joined(separator: ","))]}
                """,
            ]
        )
        peaks["complete"] = try peak(shore)
        let again = try await curl(
            shore,
            token,
            "\(Self.root)/artifacts/1/parts-\(megabytes)",
            ["-o", fetched]
        )
        #expect(again.isEmpty)
        #expect(try await shell(#"sha256sum < "$1""#, [fetched]) == digest)
        return peaks
    }

    @Test func `a file of any size goes up, in parts too, and down in bounded memory`() async throws
    {
        try await Shore.lend { shore in
            let token = try await shore.makeToken(shore.makeTenant("large"), role: .operator)
            try await withTemporaryDirectory { folder in
                let small = try await go(32, shore, token, in: folder)
                let large = try await go(256, shore, token, in: folder)
                print("peak MiB with 32 MiB: \(small), with 256 MiB: \(large)")
                for (step, megabytes) in large {
                    #expect(megabytes < Self.mostMegabytes, "\(step)")
                    let before = small[step] ?? 0
                    #expect(megabytes - before < Self.growthMegabytes, "\(step): was \(before)")
                }
            }
        }
    }
}
