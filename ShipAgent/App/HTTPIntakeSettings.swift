import FleetRuntime
import ShipIntake

/// The keys of the configuration that say who may send to the agent over HTTP, and how much.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `http_listen` | IP:port | none | where programs send what they measured; off where absent |
/// | `http_api_keys_file` | path | none | names and SHA-256 hashes of the keys that clients show |
/// | `http_signing_keys_file` | path | none | names and secrets of clients that sign; secret |
/// | `http_requests_per_second` | 1…100000 | `1000` | requests of one client |
/// | `http_bytes_per_second` | 1KiB…1GiB | `64MiB` | bytes of bodies of one client |
///
/// An address that other machines can reach is refused without one of the two files.
enum HTTPIntakeSettings {
    static func read(_ reader: ConfigurationReader) -> HTTPIntake.Configuration? {
        let address = reader.parsed(
            "http_listen",
            isRequired: false,
            expected: "IP:PORT, such as 127.0.0.1:9480 or [::1]:9480"
        ) { IntakeAddress($0) }
        let apiKeyFile = reader.optionalPath("http_api_keys_file")
        let signingKeyFile = reader.optionalPath("http_signing_keys_file")
        let requests = reader.int(
            "http_requests_per_second",
            default: 1000,
            range: 1...100_000
        )
        let bytes = reader.byteCount(
            "http_bytes_per_second",
            default: 64 << 20,
            range: 1024...(1 << 30)
        )
        let apiKeys = read("http_api_keys_file", reader) {
            try IntakeKeys(apiKeyFile: apiKeyFile, signingKeyFile: nil)
        }
        let signingKeys = read("http_signing_keys_file", reader) {
            try IntakeKeys(apiKeyFile: nil, signingKeyFile: signingKeyFile)
        }
        guard let address else { return nil }
        if !address.isLoopback, apiKeyFile == nil, signingKeyFile == nil {
            reader.report(
                "http_listen",
                "can be reached from other machines: set http_api_keys_file or "
                    + "http_signing_keys_file, or listen on 127.0.0.1"
            )
        }
        return HTTPIntake.Configuration(
            address: address,
            keys: IntakeKeys(
                apiKeys: apiKeys?.apiKeys,
                signingKeys: signingKeys?.signingKeys
            ),
            requestsPerSecond: requests,
            bytesPerSecond: bytes
        )
    }

    private static func read(
        _ key: String,
        _ reader: ConfigurationReader,
        _ body: () throws -> IntakeKeys
    ) -> IntakeKeys? {
        do {
            return try body()
        } catch {
            reader.report(key, "can't be used: \(CommandLineFailure.describe(error))")
            return nil
        }
    }
}
