import Crypto
import FleetSeries
import NIOCore
import NIOHTTP1
import ShipDomain

extension IntakeRoute {
    /// `POST /api/v1/write`: Prometheus' remote write, versions 1 and 2.
    ///
    /// 204 means that all of it is on the disk. 400 with counts means that some samples are not
    /// taken in and never will be, and that the others are on the disk. 429 and 5xx mean that
    /// nothing was taken in, and that the same request may be sent again.
    package static func remoteWrite(
        to receiver: RemoteWriteReceiver,
        workingBytes: Int = RemoteWriteLimits.workingBytes
    ) -> IntakeRoute {
        let budget = MemoryBudget(limit: workingBytes)
        return IntakeRoute(
            .POST,
            "/api/v1/write",
            bodyLimit: RemoteWriteLimits.bodyBytes
        ) { request in
            let version = try RemoteWriteProtocol(request.headers)
            let packed = Array(request.body.readableBytesView)
            let size = try unpackedSize(packed)
            let memory = HeldMemory(of: budget)
            defer { memory.giveAll() }
            // What is read of it takes as much again at most in usual requests, and labels of version 2
            // are written out. Asked for at once: who holds one part and waits for another can hold
            // up everybody.
            let reserved = try await take(size * (version == .first ? 2 : 3), into: memory)
            let table = try read(packed, version)
            let footprint = min(table.footprint, reserved)
            // The first half of SHA-256 is more than enough to tell requests apart.
            let digest = Array(SHA256.hash(data: packed).prefix(16))
            let outcome = try await receiver.take(
                consume table,
                digest: digest,
                from: request.client
            ) { memory.give(reserved - footprint) }
            return try response(to: outcome)
        }
    }

    private static func read(
        _ packed: [UInt8],
        _ version: RemoteWriteProtocol
    ) throws(IntakeProblem) -> WriteTable {
        do {
            let bytes = try Snappy.decompress(packed[...], limit: RemoteWriteLimits.decodedBytes)
            switch version {
            case .first: return try WriteTable(first: bytes)
            case .second: return try WriteTable(second: bytes)
            }
        } catch {
            throw IntakeProblem(.badRequest, "malformed", "\(error)")
        }
    }

    private static func response(to outcome: RemoteWriteOutcome) throws -> IntakeResponse {
        // Version 2 asks for these; for version 1 they are no harm.
        let headers: HTTPHeaders = [
            "x-prometheus-remote-write-samples-written":
                "\(outcome.accepted + outcome.duplicates)",
            "x-prometheus-remote-write-histograms-written": "0",
            "x-prometheus-remote-write-exemplars-written": "0",
        ]
        guard outcome.isPartial else { return IntakeResponse(.noContent, headers: headers) }
        var problem = IntakeProblem(.badRequest, "partly_refused", outcome.description)
        problem.headers = headers
        throw problem
    }

    /// What a snappy block says it unpacks to, before anything is made room for.
    private static func unpackedSize(_ packed: [UInt8]) throws(IntakeProblem) -> Int {
        var size = 0
        for (index, byte) in packed.prefix(5).enumerated() {
            size |= Int(byte & 0x7F) << (7 * index)
            if byte < 0x80 {
                guard size <= RemoteWriteLimits.decodedBytes else {
                    throw IntakeProblem(
                        .payloadTooLarge,
                        "body_too_large",
                        "a request may unpack to \(RemoteWriteLimits.decodedBytes) bytes:"
                            + " send less at once"
                    )
                }
                return size
            }
        }
        throw IntakeProblem(.badRequest, "malformed", "the body is no snappy block")
    }

    private static func take(_ bytes: Int, into memory: HeldMemory) async throws -> Int {
        guard let taken = try await memory.take(bytes, within: IntakeLimits.roomWait) else {
            throw IntakeProblem(
                .tooManyRequests,
                "no_memory",
                "too much is being taken in at once",
                retryAfter: .seconds(1)
            )
        }
        return taken
    }
}
