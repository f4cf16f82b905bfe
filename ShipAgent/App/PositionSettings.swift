import FleetRuntime
import ShipIntake

/// The keys of the configuration about the ship's position.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `position_interval` | 1s…1h | `10s` | how often a position is stored at most |
/// | `nmea_udp_listen` | IP:PORT | none | NMEA 0183 in datagrams |
/// | `nmea_tcp_listen` | IP:PORT | none | NMEA 0183 from those who connect |
/// | `nmea_tcp_connect` | HOST:PORT | none | a multiplexer to dial |
///
/// Sentences RMC, GGA, GLL, VTG, HDT and ZDA of any talker count, if their checksum is right.
struct PositionSettings: Sendable {
    let interval: Duration
    let nmea: NMEAConfiguration

    /// Whether anything is to be heard.
    var isWanted: Bool { nmea.udp != nil || nmea.tcp != nil || nmea.dial != nil }

    init(_ reader: ConfigurationReader) {
        interval = reader.duration(
            "position_interval",
            default: .seconds(10),
            range: .seconds(1) ... .seconds(3600)
        )
        nmea = NMEAConfiguration(
            udp: Self.address("nmea_udp_listen", reader),
            tcp: Self.address("nmea_tcp_listen", reader),
            dial: reader.parsed(
                "nmea_tcp_connect",
                isRequired: false,
                expected: "HOST:PORT, such as 192.168.1.10:10110"
            ) { Self.host($0) }
        )
    }

    private static func address(_ key: String, _ reader: ConfigurationReader) -> IntakeAddress? {
        reader.parsed(
            key,
            isRequired: false,
            expected: "IP:PORT, such as 0.0.0.0:10110 or [::]:10110"
        ) { IntakeAddress($0) }
    }

    private static func host(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            return nil
        }
        return (String(host), port)
    }
}
