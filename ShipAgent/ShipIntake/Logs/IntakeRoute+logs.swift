import FleetModel
import FleetRuntime
import NIOCore
import NIOHTTP1
import ShipDomain

extension IntakeRoute {
    /// `POST /api/v1/logs`: JSON objects, one a line. 204 when all of them are on the disk; of a body
    /// with a malformed line nothing is kept, and the answer names the line.
    package static func logs(_ intake: LogIntake, clock: WallClock) -> IntakeRoute {
        IntakeRoute(.POST, "/api/v1/logs", bodyLimit: 4 * 1024 * 1024) { request in
            if let encoding = request.headers.first(name: "content-encoding"),
                encoding != "identity"
            {
                throw IntakeProblem(
                    .unsupportedMediaType,
                    "unsupported_encoding",
                    "log lines are taken as they are, not as \(encoding.prefix(32))"
                )
            }
            let records = try Self.records(in: request, at: clock.now())
            do {
                try await intake.accept(records)
            } catch let refusal as LogIntake.Refusal {
                switch refusal {
                case .busy:
                    throw IntakeProblem(
                        .tooManyRequests,
                        "busy",
                        "\(refusal)",
                        retryAfter: .seconds(1)
                    )
                case .full, .stopped:
                    throw IntakeProblem(
                        .serviceUnavailable,
                        "unavailable",
                        "\(refusal)",
                        retryAfter: .seconds(5)
                    )
                }
            }
            return IntakeResponse(.noContent)
        }
    }

    private static func records(
        in request: IntakeRequest,
        at now: Timestamp
    ) throws(IntakeProblem) -> [LogRecord] {
        let lines = request.body.readableBytesView.split(
            separator: 0x0A,
            omittingEmptySubsequences: false
        )
        var records: [LogRecord] = []
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do throws(JSONLogLine.Malformed) {
                let record = try JSONLogLine.record(
                    line,
                    from: request.client,
                    at: now,
                    limit: Limits.logMessageBytes
                )
                records.append(record)
            } catch {
                throw IntakeProblem(
                    .badRequest,
                    "malformed_line",
                    "line \(index + 1) is no log record: \(error)"
                )
            }
        }
        return records
    }
}
