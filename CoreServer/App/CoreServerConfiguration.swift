import CoreDomain
import FleetRuntime
import Logging

/// Every setting of `core-server`, from a YAML file or the command line, which wins.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `data` | path | `/var/lib/hawser` | keys, and the embedded cluster |
/// | `database` | `embedded` or a `postgresql://` URL | `embedded` | where everything is stored; secret |
/// | `database_direct` | a `postgresql://` URL | none | where `database` is PgBouncer in transaction mode: PostgreSQL itself, for migrations and for listening; secret |
/// | `database_connections` | 8…400 | 16 | connections of this process at most, divided over what follows |
/// | `database_pools.api` | 2…100 | a quarter | for people and programs |
/// | `database_pools.ingress` | 2…100 | a quarter | for what ships send |
/// | `database_pools.scheduler` | 2…100 | a quarter | for compaction, retention, forwarding |
/// | `database_pools.reports` | 2…100 | a quarter | for reading telemetry |
/// | `listen` | host:port | `127.0.0.1:8443` | the HTTPS API; port 0 draws a free one |
/// | `sync_listen` | host:port | `0.0.0.0:8444` | where ships sync |
/// | `public_hosts` | list of names and addresses | `localhost`, `127.0.0.1` | what the server's certificate is for |
/// | `api_connections` | 16…1000000 | 16384 | connections to the API at once; no more than open files allow |
/// | `api_connections_per_address` | 1…1000000 | 1024 | of those from one address |
/// | `retention.raw_days` | 1…36500 | 92 | how long samples are kept, for tenants without a retention of their own |
/// | `retention.five_minute_days` | 1…36500 | 400 | how long five-minute rollups are; no shorter than samples |
/// | `retention.hour_days` | 1…36500 | 1830 | how long hourly rollups are; no shorter than those |
/// | `retention.log_days` | 1…36500 | 92 | how long logs are |
/// | `retention.record_days` | 400…36500 | 1830 | how long events, declarations, accounts by day and use of links are |
/// | `quotas.ships` | number | unlimited | ships that are not revoked, of a tenant without a limit of its own |
/// | `quotas.series` | number | unlimited | series of all its ships |
/// | `quotas.ingest_samples_per_second` | number | unlimited | samples taken from its ships |
/// | `quotas.ingest_bytes_per_day` | number | unlimited | bytes of segments by UTC day |
/// | `quotas.storage_bytes` | number | unlimited | bytes of samples, rollups and logs |
/// | `quotas.artifact_bytes` | number | unlimited | bytes of artifacts |
/// | `quotas.api_requests_per_second` | number | 1000 | requests with its tokens, by server |
/// | `quotas.api_burst` | number | 2000 | of those at once after a pause |
/// | `quotas.labels_per_ship` | number | 64 | labels of a ship |
/// | `forward[].name` | a-z, 0-9, hyphens | | the target's name in the database and in metrics; never used again for another |
/// | `forward[].tenant` | name | | whose samples go there |
/// | `forward[].url` | http:// or https:// URL | | its remote_write endpoint |
/// | `forward[].headers` | map of texts | | sent along, such as `X-Scope-OrgID` |
/// | `forward[].token_file` | file with a secret | | sent as `Authorization: Bearer` |
/// | `public_url` | https:// URL | | where browsers reach this server; needed for `oidc` |
/// | `oidc[].name` | a-z, 0-9, hyphens | | the provider in addresses and in the audit |
/// | `oidc[].label` | text | the name | what the sign-in page calls it |
/// | `oidc[].issuer` | https:// URL | | exactly as its tokens' `iss` says it |
/// | `oidc[].ca_file` | path | the system's authorities | PEM of the authority that its certificate is from |
/// | `oidc[].client_id` | text | | this server's name there |
/// | `oidc[].client_secret_file` | file with a secret | | none for a public client |
/// | `oidc[].tenant` | name | | whose realm it is; or else |
/// | `oidc[].organisation_claim` | claim | | the claim that names the tenant |
/// | `oidc[].roles_claim` | claim | | where roles are: `groups`, `realm_access.roles` |
/// | `oidc[].roles` | map of texts | | what they are called there → viewer, operator, reviewer, admin; others give nothing |
/// | `oidc[].scopes` | list of texts | | asked for beside `openid` |
/// | `oidc[].audience` | text | | the `aud` of access tokens for this API; none are taken without it |
/// | `webhooks.allow` | list of texts | any public address, by https | where webhooks may go and nowhere else: `host` (port 443), `host:port` or `10.1.0.0/16`; behind `http://` unencrypted |
/// | `webhooks.ca_file` | path | the system's authorities | PEM of the authority that their certificates are from |
/// | `policy_server.url` | https URL, or http of this machine | nobody else | OPA's data API, such as `https://opa.example.com/v1/data/hawser/release`: what it does not allow goes to no ship |
/// | `policy_server.token_file` | file with a secret | none | sent along as `Authorization: Bearer` |
/// | `policy_server.ca_file` | path | the system's authorities | PEM of the authority that its certificate is from |
/// | `policy_server.timeout_seconds` | 1 to 10 | `2` | after which no answer is a no |
/// | `artifacts.url` | `disk` or an `s3://` URL | `disk` | where artifacts' bytes are: below `data`, or `s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION` |
/// | `artifacts.access_key_file` | file with a secret | `AWS_ACCESS_KEY_ID` | who this server is in that store; without the file the environment says it |
/// | `artifacts.secret_key_file` | file with a secret | `AWS_SECRET_ACCESS_KEY` | and its key there; beside the environment's, `AWS_SESSION_TOKEN` is sent along |
/// | `log_level` | word | `info` | trace, debug, info, notice, warning, error, critical |
/// | `log_format` | `text` or `json` | `text` | how log lines look |
struct CoreServerConfiguration: Sendable {
    var data = "/var/lib/hawser"
    var database = Database.embedded
    /// Past a pooler, where `database` is one.
    var databaseDirect: String?
    var connections = Connections()
    var listen = ListenAddress(host: "127.0.0.1", port: 8443)
    var syncListen = ListenAddress(host: "0.0.0.0", port: 8444)
    var publicHosts = ["localhost", "127.0.0.1"]
    var apiConnections = 16_384
    var apiConnectionsPerAddress = 1024
    var retention = Retention.standard
    var quota = Quota([.apiRequestsPerSecond: 1000, .apiBurst: 2000, .labelsPerShip: 64])
    var forward: [ForwardingTarget] = []
    var identity = Identity()
    var webhooks = Webhooks()
    var policyServer: PolicyServerClient?
    var artifacts = ArtifactStorage()
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.text

    /// Where PostgreSQL is.
    enum Database: Sendable, Equatable {
        /// A private cluster under `data`.
        case embedded
        /// The user's own; the URL may hold a password and is never printed.
        case url(String)

        init?(_ text: String) {
            if text == "embedded" {
                self = .embedded
            } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
                self = .url(text)
            } else {
                return nil
            }
        }
    }

    init() {}

    /// Reads a file.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong in it.
    init(file: String) throws {
        let reader = try Document.read(file).reader()
        data = reader.path("data", default: data)
        database =
            reader.parsed(
                "database",
                default: database,
                expected: "embedded, or a URL that begins with postgresql://"
            ) { Database($0) } ?? database
        databaseDirect = Self.direct(reader)
        if databaseDirect != nil, database == .embedded {
            reader.report("database_direct", "has no meaning beside the embedded cluster")
        }
        connections = Connections(reader)
        listen = Self.address("listen", default: listen, reader)
        syncListen = Self.address("sync_listen", default: syncListen, reader)
        publicHosts = reader.strings("public_hosts", default: publicHosts)
        apiConnections = reader.int(
            "api_connections",
            default: apiConnections,
            range: 16...1_000_000
        )
        apiConnectionsPerAddress = reader.int(
            "api_connections_per_address",
            default: apiConnectionsPerAddress,
            range: 1...1_000_000
        )
        retention = Self.retention(reader)
        quota = Self.quota(reader, over: quota)
        forward = Self.targets(reader)
        identity = Identity(reader)
        webhooks = Webhooks(reader)
        policyServer = Self.policyServer(reader)
        artifacts = ArtifactStorage(reader)
        logLevel = reader.choice("log_level", default: logLevel)
        logFormat = reader.choice("log_format", default: logFormat)
        try reader.finish()
    }

    private static func direct(_ reader: ConfigurationReader) -> String? {
        let text = reader.parsed(
            "database_direct",
            default: "",
            expected: "a URL that begins with postgresql://"
        ) { $0.hasPrefix("postgresql://") || $0.hasPrefix("postgres://") ? $0 : nil }
        return text?.isEmpty ?? true ? nil : text
    }

    private static func retention(_ reader: ConfigurationReader) -> Retention {
        let section = reader.section("retention")
        let standard = Retention.standard
        func days(_ key: String, _ standard: Int32, least: Int32 = 1) -> Int32 {
            let range = Int(least)...Int(Retention.longestDays)
            return Int32(section.int(key, default: Int(standard), range: range))
        }
        let retention = Retention(
            rawDays: days("raw_days", standard.rawDays),
            fiveMinuteDays: days("five_minute_days", standard.fiveMinuteDays),
            hourDays: days("hour_days", standard.hourDays),
            logDays: days("log_days", standard.logDays),
            recordDays: days(
                "record_days",
                standard.recordDays,
                least: Retention.shortestRecordDays
            )
        )
        do throws(DomainError) {
            try retention.check()
        } catch {
            reader.report("retention", "is not in order: \(error)")
        }
        return retention
    }

    private static func quota(_ reader: ConfigurationReader, over standard: Quota) -> Quota {
        let section = reader.section("quotas")
        var limits: [Quota.Limit: Int64] = [:]
        for limit in Quota.Limit.allCases {
            let most = Int(Quota.most)
            let value = section.int(
                limit.rawValue,
                default: Int(standard[limit] ?? Quota.most),
                range: Int(limit.least)...most
            )
            if value < most { limits[limit] = Int64(value) }
        }
        return Quota(limits)
    }

    private static func targets(_ reader: ConfigurationReader) -> [ForwardingTarget] {
        let targets = reader.sections("forward").map { section in
            ForwardingTarget(
                name: section.parsed("name", expected: "1 to 63 of a-z, 0-9 and hyphens") {
                    (try? Slug.check($0, what: "target")) == nil ? nil : $0
                } ?? "",
                tenant: section.string("tenant"),
                url: section.parsed("url", expected: "a URL that begins with http:// or https://") {
                    $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil
                } ?? "",
                headers: section.map("headers"),
                token: section.secretFile("token_file")
            )
        }
        if Set(targets.map(\.name)).count < targets.count {
            reader.report("forward", "has two targets of one name")
        }
        return targets
    }

    private static func address(
        _ key: String,
        default: ListenAddress,
        _ reader: ConfigurationReader
    ) -> ListenAddress {
        reader.parsed(key, default: `default`, expected: "HOST:PORT") { ListenAddress($0) }
            ?? `default`
    }
}
