import FleetRuntime
import ShipIntake

/// The keys of the configuration about log records.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `logs_max_bytes` | 1MiB…1TiB | `64MiB` | what waits for the link at most; beyond it the mildest and oldest are dropped, and declared |
/// | `logs_seal_after` | 1s…1h | `60s` | how long a log record waits at most before it may be sent |
/// | `syslog_udp_listen` | IP:PORT | none | syslog datagrams (RFC 5424, RFC 3164) |
/// | `syslog_tcp_listen` | IP:PORT | none | syslog connections (RFC 6587) |
/// | `syslog_message_bytes` | 480…32KiB | `8KiB` | longer messages are cut |
/// | `syslog_messages_per_second` | 1…1000000 | `2000` | of one address: TCP is read no faster, datagrams beyond it are dropped, and declared |
/// | `syslog_connections` | 1…10000 | `128` | TCP connections at once |
///
/// Syslog knows no keys: who reaches the address can write to the ship's log, and nothing else.
struct LogSettings: Sendable {
    let maxBytes: Int
    let sealAfter: Duration
    let syslog: SyslogConfiguration

    init(_ reader: ConfigurationReader) {
        maxBytes = reader.byteCount(
            "logs_max_bytes",
            default: 64 << 20,
            range: (1 << 20)...(1 << 40)
        )
        sealAfter = reader.duration(
            "logs_seal_after",
            default: .seconds(60),
            range: .seconds(1) ... .seconds(3600)
        )
        syslog = SyslogConfiguration(
            udp: Self.address("syslog_udp_listen", reader),
            tcp: Self.address("syslog_tcp_listen", reader),
            messageBytes: reader.byteCount(
                "syslog_message_bytes",
                default: 8192,
                range: 480...(32 << 10)
            ),
            messagesPerSecond: reader.int(
                "syslog_messages_per_second",
                default: 2000,
                range: 1...1_000_000
            ),
            connections: reader.int("syslog_connections", default: 128, range: 1...10_000)
        )
    }

    private static func address(_ key: String, _ reader: ConfigurationReader) -> IntakeAddress? {
        reader.parsed(
            key,
            isRequired: false,
            expected: "IP:PORT, such as 127.0.0.1:5514 or [::1]:5514"
        ) { IntakeAddress($0) }
    }
}
