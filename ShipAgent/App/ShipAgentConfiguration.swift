import FleetModel
import FleetRuntime
import Logging
import ShipDomain
import ShipIntake
import ShipLink

/// Every setting of `ship-agent run`, from one YAML file.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `data` | path | `/var/lib/hawser-ship` | the store and the ship's identity |
/// | `seal_after` | 1s…1h | `60s` | how long a sample waits at most before it may be sent |
/// | `reconnect_after` | 100ms…60s | `1s` | the first pause after the link was lost; doubles up to 60 s |
/// | `log_level` | word | `info` | trace, debug, info, notice, warning, error, critical |
/// | `log_format` | `text` or `json` | `text` | how log lines look |
/// | `backlog_after` | 1s…1d | `10m` | how long fresh samples wait for the link before they join the backlog |
/// | `keep_acknowledged` | 0B…64GiB | `16MiB` | what the shore has stays aboard that long, in case it is restored from a backup; what waits needs some of it to be read, which stays at any limit; a disk without room takes the rest back |
/// | `budget_horizon` | 1h…90d | `7d` | what can't be sent by then within the budgets is thinned |
/// | `backlog_share` | 0…0.9 | `0.2` | of what is sent, for the backlog, however much is fresh |
/// | `store_max_bytes` | 16MiB… | `4GiB` | what the store may take on the disk before the backlog is thinned |
/// | `archive_bytes` | size | `256MiB` | thinned raw samples kept aboard in case the shore wants them |
/// | `link_class` | word | the first of `link_classes` | the class of link that holds where nothing tells another |
/// | `link_class_file` | path | none | a file whose first word is the class in use; it is read every few seconds |
/// | `link_classes[]` | list | one without limits | classes of link, such as `vsat`, `lte`, `port` |
/// | `link_classes[].name` | word | required | how it is called |
/// | `link_classes[].interfaces` | list | none | network interfaces that mean it, when the default route goes there |
/// | `link_classes[].rate` | size, a second | as fast as it goes | what may be sent in a second |
/// | `link_classes[].daily_bytes` | size | no limit | what all may take on one UTC day, both ways |
/// | `link_classes[].lane_bytes` | map | no limit | the same for one lane: `logs: 1MB` |
/// | `link_classes[].lanes` | list | all | lanes that may be sent; events and catalogue always may |
/// | `link_classes[].price_per_mb` | 0…1000000 | `0` | for the accounts |
/// | `link_classes[].currency` | text | none | ISO 4217, for the accounts |
/// | `link_classes[].port` | boolean | `false` | in port: no budgets, no windows |
/// | `windows[]` | list | none | times of the UTC day in which some lanes may be sent |
/// | `windows[].from`, `.to` | HH:MM | required | `to` may be the earlier one: over midnight |
/// | `windows[].lanes` | list | required | lanes that wait outside of their windows |
/// | `logs_…`, `syslog_…` | | | log records: see `LogSettings` |
/// | `nmea_…`, `position_interval` | | | the ship's position: see `PositionSettings` |
/// | `http_…` | | | programs that send by themselves: see `HTTPIntakeSettings` |
/// | `relabel_configs[]`, `labels` | | | what labels may be: see `LabelSettings` |
/// | `resolutions[]` | list | none | series that are rounded aboard: see `ResolutionSettings` |
/// | `slots[]`, `deploy_…`, `facts_…` | | | what the shore may install aboard: see `DeploymentSettings` |
/// | `targets[]` | list | none | exporters to scrape |
/// | `targets[].job` | text | required | the label `job` |
/// | `targets[].url` | http(s) URL | required | where the exporter answers |
/// | `targets[].instance` | text | the URL's host and port | the label `instance` |
/// | `targets[].interval` | 1s…1h | `15s` | how often it is read |
/// | `targets[].timeout` | 100ms…interval | `10s`, or the interval if shorter | how long an answer may take |
/// | `targets[].labels` | map | none | labels added to every series |
/// | `targets[].honor_labels` | boolean | `false` | the exporter's labels win over ours |
/// | `targets[].honor_timestamps` | boolean | `true` | the exporter's own timestamps count |
/// | `targets[].sample_limit` | 1…1000000 | `100000` | samples of one answer; more fail it |
/// | `targets[].body_limit` | 1KiB…256MiB | `16MiB` | bytes of one answer; more fail it |
/// | `targets[].ca_file` | path | the system's | PEM of the authority of an https exporter |
/// | `targets[].token_file` | path | none | file with a bearer token; secret |
struct ShipAgentConfiguration: Sendable {
    let data: String
    let sealAfter: Duration
    let reconnectAfter: Duration
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let backlogAfter: Duration
    let keepAcknowledged: Int
    let link: LinkPlan
    let logs: LogSettings
    let position: PositionSettings
    let limits: Thinner.Limits
    /// `nil` where nothing listens.
    let http: HTTPIntake.Configuration?
    /// What every new series passes, whatever way it comes in.
    let gate: LabelGate
    let targets: [ScrapeConfiguration]
    let resolutions: [ResolutionRule]
    let deployment: DeploymentSettings

    /// - Throws: `ConfigurationError` with everything that is wrong in the file.
    init(file: String) throws {
        let reader = try Document.read(file).reader()
        data = reader.path("data", default: "/var/lib/hawser-ship")
        sealAfter = reader.duration(
            "seal_after",
            default: .seconds(60),
            range: .seconds(1) ... .seconds(3600)
        )
        reconnectAfter = reader.duration(
            "reconnect_after",
            default: .seconds(1),
            range: .milliseconds(100) ... .seconds(60)
        )
        logLevel = reader.choice("log_level", default: Logger.Level.info)
        logFormat = reader.choice("log_format", default: LogFormat.text)
        keepAcknowledged = reader.byteCount(
            "keep_acknowledged",
            default: 16 << 20,
            range: 0...(64 << 30)
        )
        backlogAfter = reader.duration(
            "backlog_after",
            default: .seconds(600),
            range: .seconds(1) ... .seconds(86_400)
        )
        link = Self.link(reader)
        logs = LogSettings(reader)
        position = PositionSettings(reader)
        limits = Self.limits(reader)
        http = HTTPIntakeSettings.read(reader)
        resolutions = ResolutionSettings.rules(reader)
        deployment = DeploymentSettings(reader, data: data)
        let gate = LabelSettings.gate(reader)
        self.gate = gate
        let sections = reader.sections("targets")
        let targets = sections.map { Self.target($0, gate) }
        var seen: Set<String> = []
        for (section, target) in zip(sections, targets)
        where !seen.insert("\(target.job) \(target.instance)").inserted {
            section.report("job", "this job and instance are given twice")
        }
        self.targets = targets
        try reader.finish()
    }

    private static func target(
        _ reader: ConfigurationReader,
        _ gate: LabelGate
    ) -> ScrapeConfiguration {
        let url = reader.string("url")
        let address = HTTPAddress(url)
        if address == nil { reader.report("url", "must be an http:// or https:// URL with a host") }
        let interval = reader.duration(
            "interval",
            default: .seconds(15),
            range: .seconds(1) ... .seconds(3600)
        )
        let timeout = reader.duration(
            "timeout",
            default: min(.seconds(10), interval),
            range: .milliseconds(100) ... .seconds(3600)
        )
        if timeout > interval { reader.report("timeout", "must not be longer than the interval") }
        let labels = reader.map("labels")
        if labels.count > Limits.labelsPerSeries / 2 {
            reader.report("labels", "at most \(Limits.labelsPerSeries / 2) labels can be added")
        }
        for (name, value) in labels
        where name.utf8.count > Limits.labelNameBytes || value.utf8.count > Limits.labelValueBytes {
            reader.report(
                "labels",
                "a name has at most \(Limits.labelNameBytes) bytes, a value \(Limits.labelValueBytes)"
            )
        }
        return ScrapeConfiguration(
            job: reader.string("job"),
            instance: reader.string("instance", default: address?.hostAndPort ?? ""),
            url: url,
            interval: interval,
            timeout: timeout,
            labels: LabelSet(labels.map { LabelSet.Label($0.key, $0.value) }),
            honorLabels: reader.bool("honor_labels", default: false),
            honorTimestamps: reader.bool("honor_timestamps", default: true),
            sampleLimit: reader.int("sample_limit", default: 100_000, range: 1...1_000_000),
            bodyLimit: reader.byteCount(
                "body_limit",
                default: 16 << 20,
                range: 1024...(256 << 20)
            ),
            authorityFile: reader.optionalPath("ca_file"),
            tokenFile: reader.optionalPath("token_file"),
            gate: gate.preceded(by: LabelSettings.rules("metric_relabel_configs", reader))
        )
    }
}
