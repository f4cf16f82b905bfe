import CoreDomain
import HTTPTypes
import Hummingbird
import NIOCore

/// Where a Prometheus reads a tenant's fleet: `remote_read` with a token.
struct RemoteReadRoutes: Sendable {
    let remoteRead: RemoteRead
    let slots: ReadSlots

    func add(to router: inout EndpointRouter) {
        router.on(.remoteRead, use: read)
    }

    @Sendable private func read(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let caller = try context.caller
        let body = try await request.body.collect(upTo: RemoteReadRequest.compressedLimit)
        let asked = try RemoteReadRequest(Array(body.readableBytesView))
        let slot = try await slots.take()
        let results = try await remoteRead.results(
            tenant: caller.tenant,
            visible: context.visible,
            asked
        )
        switch asked.form {
        case .samples:
            let answer = try RemoteReadEncoder.samples(results)
            return Response(
                status: .ok,
                headers: [.contentType: "application/x-protobuf", .contentEncoding: "snappy"],
                body: ResponseBody(parts: ByteBuffer(bytes: answer), holding: slot)
            )
        case .streamedChunks:
            let eventLoop = context.eventLoop
            return Response(
                status: .ok,
                headers: [.contentType: Self.streamType],
                body: ResponseBody { writer in
                    // The slot is held until the last byte is written: it stands for this memory.
                    defer { withExtendedLifetime(slot) {} }
                    for frame in RemoteReadFrames(results) {
                        for part in ByteBuffer(bytes: frame).parts { try await writer.write(part) }
                        try await eventLoop.turn()
                    }
                    try await writer.finish(nil)
                }
            )
        }
    }

    private static let streamType =
        "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"
}
