import CoreDomain
import HTTPTypes

/// What ships sent, and what is asked of them.
extension Endpoint {
    private static let shipInPath = Parameter(
        name: "ship",
        place: .path,
        isRequired: true,
        schema: .slug,
        meaning: "the ship's name"
    )
    private static let from = Parameter.query(
        "from",
        .text,
        "RFC 3339, a date, or seconds since 1970"
    )
    private static let to = Parameter.query("to", .text, "as `from`; now where it is not given")
    private static let range = Parameter.query(
        "range",
        .word(["1h", "24h", "7d", "30d"]),
        "up to now"
    )
    private static let format = Parameter.query(
        "format",
        .word(["html", "json", "csv", "text"]),
        "instead of `Accept`"
    )

    private static let report = Answer(
        status: 200,
        meaning: "the report",
        content: [
            ("application/json", .object([], required: [], isOpen: true)), ("text/html", .text),
            ("text/csv", .text), ("text/plain", .text),
        ]
    )

    private static func json(_ meaning: String) -> Answer {
        Answer(
            status: 200,
            meaning: meaning,
            content: [("application/json", .object([], required: [], isOpen: true))]
        )
    }

    static let fleetReport = Endpoint(
        operation: "fleetReport",
        method: .get,
        path: "fleet/report",
        access: .ships(.reportsRead),
        tag: "reports",
        summary: "A report of all ships that the caller may see",
        parameters: [range, from, to, format],
        answers: [report],
        problems: [406]
    )

    static let shipReport = Endpoint(
        operation: "shipReport",
        method: .get,
        path: "ships/{ship}/report",
        access: .ship(.reportsRead),
        tag: "reports",
        summary: "A report of one ship",
        parameters: [shipInPath, range, from, to, format],
        answers: [report],
        problems: [406]
    )

    static let listSeries = Endpoint(
        operation: "listSeries",
        method: .get,
        path: "ships/{ship}/series",
        access: .ship(.telemetryRead),
        tag: "telemetry",
        summary: "A ship's series",
        parameters: [
            shipInPath,
            .query("match[]", .array(.text, atMost: 16), "Prometheus' selectors; any of them"),
            limit, cursor,
        ],
        answers: [json("a page of series, with kind and resolution")]
    )

    static let queryRange = Endpoint(
        operation: "queryRange",
        method: .get,
        path: "ships/{ship}/query_range",
        access: .ship(.telemetryRead),
        tag: "telemetry",
        summary: "Samples of a ship's series, raw or from the rollup that fits the step",
        parameters: [
            shipInPath,
            .query("match[]", .array(.text, atMost: 16), "Prometheus' selectors; any of them"),
            .query("start", .text, "RFC 3339, a date, or seconds since 1970"),
            .query("end", .text, "as `start`; now where it is not given"),
            .query("step", .text, "seconds, or `30s`, `5m`, `1h`"),
            .query(
                "agg",
                .word(RangeRequest.Aggregation.allCases.map(\.rawValue)),
                "what becomes of a step's samples"
            ),
            .query("format", .word(["json", "csv"]), "instead of `Accept`"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "the samples",
                content: [
                    ("application/json", .object([], required: [], isOpen: true)),
                    ("text/csv", .text),
                ]
            )
        ],
        problems: [406]
    )

    static let listLogs = Endpoint(
        operation: "listLogs",
        method: .get,
        path: "ships/{ship}/logs",
        access: .ship(.logsRead),
        tag: "telemetry",
        summary: "A ship's log records, newest first",
        parameters: [
            shipInPath, .query("q", .text, "words that must all occur; phrases in double quotes"),
            .query("severity", .text, "this and graver: a name or a number of RFC 5424"), from, to,
            limit, cursor, .query("format", .word(["json", "text"]), "instead of `Accept`"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "a page of records",
                content: [
                    ("application/json", .object([], required: [], isOpen: true)),
                    ("text/plain", .text),
                ]
            )
        ],
        problems: [406]
    )

    static let fleetQuantile = Endpoint(
        operation: "fleetQuantile",
        method: .get,
        path: "fleet/quantile",
        access: .ships(.telemetryRead),
        tag: "telemetry",
        summary: "Quantiles over all ships that the caller may see",
        parameters: [
            .query("metric", .text, required: true, "Prometheus' selector"),
            .query("q", .text, "numbers from 0 to 1, with commas"), from, to,
            .query("step", .text, "seconds, or `5m`, `1h`"),
        ],
        answers: [json("quantiles for each step, and their relative error")]
    )

    static let fleetCardinality = Endpoint(
        operation: "fleetCardinality",
        method: .get,
        path: "fleet/cardinality",
        access: .ships(.telemetryRead),
        tag: "telemetry",
        summary: "How many different series were sent",
        parameters: [from, to],
        answers: [json("the number, and how exact it is")]
    )

    static let remoteRead = Endpoint(
        operation: "remoteRead",
        method: .post,
        path: "read",
        access: .ships(.telemetryRead),
        tag: "telemetry",
        summary: "Prometheus' remote read",
        body: [("application/x-protobuf", .string(format: "binary"))],
        answers: [
            Answer(
                status: 200,
                meaning: "samples, or streamed chunks where the client takes them",
                content: [
                    ("application/x-protobuf", .string(format: "binary")),
                    (
                        "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse",
                        .string(format: "binary")
                    ),
                ]
            )
        ],
        problems: [413],
        changesSomething: false
    )

    static let getLedger = Endpoint(
        operation: "getLedger",
        method: .get,
        path: "ships/{ship}/ledger",
        access: .ship(.ledgerRead),
        tag: "ledger",
        summary: "What a ship made, what is here, and what was given up",
        parameters: [shipInPath, from, to, limit, cursor],
        answers: [json("accounts by lane and by day, declarations and differences")]
    )

    static let listClockReadings = Endpoint(
        operation: "listClockReadings",
        method: .get,
        path: "ships/{ship}/clock",
        access: .ship(.ledgerRead),
        tag: "ledger",
        summary: "How a ship's clock went",
        parameters: [
            shipInPath, limit, .query("before", .text, "`next` of the answer before"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "a page of readings, newest first",
                content: [
                    (
                        "application/json",
                        .record([
                            ("ship", .text),
                            (
                                "readings",
                                .array(.record([("noted_at", .moment), ("offset_ms", .integer())]))
                            ), ("next", .nullable(.text)),
                        ])
                    )
                ]
            )
        ]
    )

    private static let wantInPath = Parameter(
        name: "want",
        place: .path,
        isRequired: true,
        schema: .integer(atLeast: 1),
        meaning: "the want's number"
    )

    private static let want = Schema.object([], required: ["id", "state"], isOpen: true)

    static let createWant = Endpoint(
        operation: "createWant",
        method: .post,
        path: "ships/{ship}/wants",
        access: .ship(.wantsWrite),
        tag: "wants",
        summary: "Ask a ship for raw samples that it still holds",
        parameters: [shipInPath],
        body: [
            (
                "application/json",
                .record([
                    ("from", .moment), ("to", .moment),
                    ("max_bytes", .integer(atLeast: 1, atMost: 1_000_000_000)),
                ])
            )
        ],
        answers: [
            Answer(
                status: 201,
                meaning: "it is asked when it comes",
                content: [("application/json", want)]
            )
        ],
        problems: [409]
    )

    static let listWants = Endpoint(
        operation: "listWants",
        method: .get,
        path: "ships/{ship}/wants",
        access: .ship(.wantsRead),
        tag: "wants",
        summary: "What a ship was asked for, newest first",
        parameters: [shipInPath, limit, cursor],
        answers: [json("a page of wants")]
    )

    static let getWant = Endpoint(
        operation: "getWant",
        method: .get,
        path: "ships/{ship}/wants/{want}",
        access: .ship(.wantsRead),
        tag: "wants",
        summary: "One want",
        parameters: [shipInPath, wantInPath],
        answers: [
            Answer(status: 200, meaning: "the want", content: [("application/json", want)])
        ]
    )

    static let withdrawWant = Endpoint(
        operation: "withdrawWant",
        method: .delete,
        path: "ships/{ship}/wants/{want}",
        access: .ship(.wantsWrite),
        tag: "wants",
        summary: "Take back what the ship was not told yet",
        parameters: [shipInPath, wantInPath],
        answers: [Answer(status: 204, meaning: "it is withdrawn", content: [])],
        problems: [409]
    )

    static let enrolShip = Endpoint(
        operation: "enrolShip",
        method: .post,
        path: "enrolments",
        access: .open,
        tag: "ships",
        summary: "A ship exchanges its one-time token for a certificate",
        body: [
            (
                "application/json",
                .record([("token", .text), ("request", .string(format: "byte"))])
            )
        ],
        answers: [
            Answer(
                status: 201,
                meaning: "the certificate",
                content: [
                    (
                        "application/json",
                        .record([
                            ("ship", .text), ("tenant", .text), ("certificate", .text),
                            ("sync_port", .integer()),
                        ])
                    )
                ]
            )
        ],
        problems: [401, 404, 409, 410],
        changesSomething: false
    )
}
