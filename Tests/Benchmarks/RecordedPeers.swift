/// What other programs and formats took of the recordings in `Tests/Fixtures`, measured elsewhere
/// with the programs themselves: constants, printed for comparison, not computed here.
enum RecordedPeers {
    /// Scrape interval and segment.
    static let columns = ["1s/10s", "1s/60s", "15s/60s", "15s/10m", "15s/1h"]

    static let rows: [(name: String, bytesPerSample: [Double?])] = [
        ("vmagent (its zstd protocol)", [6.3, 6.5, 6.2, 7.1, 7.1]),
        ("OTLP + zstd-3", [4.4, 4.0, 5.8, 4.3, 4.1]),
        ("exposition text + zstd-19", [2.4, 1.0, 5.1, 1.3, 1.0]),
        ("Parquet + zstd-19", [1.4, 0.68, 2.6, 0.88, 0.65]),
        ("pcodec per series", [1.3, 0.80, 2.6, 1.0, 0.37]),
        ("VictoriaMetrics' blocks, labels known", [0.49, 0.39, 0.77, 0.52, 0.39]),
        ("best columnar found, labels and last values known", [0.27, 0.24, 0.41, 0.33, 0.28]),
        ("Prometheus agent on the link, bytes of IP", [22.0, nil, nil, nil, nil]),
        ("vmagent on the link, bytes of IP", [21.3, nil, nil, nil, nil]),
    ]
}
