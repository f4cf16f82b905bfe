import AsyncHTTPClient
import FleetModel
import FleetRuntime
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle
import ShipDomain
import ShipStore

/// Reads one exporter at its interval and puts what it reads into the store.
package struct Scraper: Service {
    private let configuration: ScrapeConfiguration
    private let store: ShipStore
    private let notebook: Notebook
    private let account: IntakeAccount
    private let clock: WallClock
    private let logger: Logger

    package init(
        _ configuration: ScrapeConfiguration,
        store: ShipStore,
        notebook: Notebook,
        account: IntakeAccount,
        clock: WallClock,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.notebook = notebook
        self.account = account
        self.clock = clock
        var logger = logger
        logger[metadataKey: LogKey.target] = "\(configuration.job) \(configuration.instance)"
        self.logger = logger
    }

    private enum Fetched: Sendable {
        case body([UInt8], contentType: String?)
        case failure(String)
    }

    package func run() async throws {
        var http = HTTPClient.Configuration()
        http.timeout = .init(
            connect: .milliseconds(configuration.timeout.milliseconds),
            read: .milliseconds(configuration.timeout.milliseconds)
        )
        http.connectionPool.idleTimeout = .seconds(90)
        http.redirectConfiguration = .follow(max: 3, allowCycles: false)
        if let path = configuration.authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(path)
            http.tlsConfiguration = tls
        }
        try await HTTPClient.withHTTPClient(configuration: http) { client in
            do {
                try await cancelWhenGracefulShutdown { try await scrapeForEver(client) }
            } catch is CancellationError {
                // Stopping is how a scraper ends.
            }
        }
    }

    private func scrapeForEver(_ client: HTTPClient) async throws {
        let identity = configuration.identity
        let opened = try await retryingWhenFull {
            try await store.write { try $0.target(identity) }
        }
        var session = ScrapeSession(
            target: ScrapeTarget(
                group: opened.group,
                job: configuration.job,
                instance: configuration.instance,
                labels: configuration.labels,
                honorLabels: configuration.honorLabels,
                honorTimestamps: configuration.honorTimestamps,
                sampleLimit: configuration.sampleLimit,
                bodyLimit: configuration.bodyLimit,
                gate: configuration.gate
            ),
            live: opened.live
        )
        var wasUp: Bool?
        var missed = 0
        var lastTrouble = ""
        let throttle = Throttle(every: .seconds(60))
        while !Task.isCancelled {
            let at = clock.now()
            let fetched = await fetch(client)
            if Task.isCancelled { return }
            do {
                let (next, outcome) = try await keep(
                    fetched,
                    session: session,
                    wasUp: wasUp,
                    at: at
                )
                session = next
                if missed > 0 {
                    await notebook.note(
                        .warning,
                        "disk_full",
                        "\(missed) scrapes of \(configuration.job) found no room on the disk"
                    )
                    missed = 0
                }
                await report(outcome, wasUp: &wasUp)
            } catch let error as StoreError where error.isRetryable {
                // Not accepted, and counted: the exporter's next answer may find room.
                missed += 1
                throttle.log(logger, .warning, "a scrape was not kept: \(error)")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // One exporter's trouble must not end the agent: it is said once, and tried again.
                if lastTrouble != "\(error)" {
                    lastTrouble = "\(error)"
                    let name = "\(configuration.job) at \(configuration.instance)"
                    await notebook.note(.critical, "scrape_failed", "\(name): \(error)")
                }
            }
            try await Task.sleep(for: untilNext(after: at))
        }
    }

    /// Scrapes fall on multiples of the interval, so that their timestamps are evenly spaced.
    private func untilNext(after start: Timestamp) -> Duration {
        let next = start.floored(to: configuration.interval) + configuration.interval
        // Never longer than one interval, even if the clock was set back meanwhile.
        return min(configuration.interval, max(.milliseconds(1), next - clock.now()))
    }

    private func keep(
        _ fetched: Fetched,
        session: ScrapeSession,
        wasUp: Bool?,
        at: Timestamp
    ) async throws -> (ScrapeSession, ScrapeOutcome) {
        try await store.write { writer in
            var session = session
            let outcome =
                switch fetched {
                case .body(let body, let contentType):
                    try session.scraped(body, contentType: contentType, at: at) {
                        try writer.resolve($0)
                    }
                case .failure(let reason):
                    try session.failed(at: at, reason: reason) { try writer.resolve($0) }
                }
            try writer.accept(outcome.batches, at: at)
            if outcome.newSeries > 0 || outcome.staleMarkers > 0 || outcome.up != wasUp {
                try writer.setLive(session.liveSeries, group: session.target.group)
            }
            return (session, outcome)
        }
    }

    private func report(_ outcome: ScrapeOutcome, wasUp: inout Bool?) async {
        if let problem = outcome.problem { logger.debug("\(problem)") }
        account.count(outcome.sampleCount, "scrape", "accepted")
        account.count(outcome.dropped, "scrape", "dropped")
        account.count(outcome.duplicates, "scrape", "duplicate")
        account.count(outcome.outOfBounds, "scrape", "out_of_bounds")
        account.refuse(
            outcome.refused,
            way: "scrape",
            outcome.examples,
            from: "\(configuration.job) at \(configuration.instance)"
        )
        defer { wasUp = outcome.up }
        let name = "\(configuration.job) at \(configuration.instance)"
        switch (wasUp, outcome.up) {
        case (true, false), (nil, false):
            let reason = outcome.problem ?? "no reason given"
            await notebook.note(.warning, "target_down", "\(name) can't be scraped: \(reason)")
        case (false, true):
            await notebook.note(.info, "target_up", "\(name) can be scraped again")
        case (nil, true), (true, true), (false, false):
            break
        }
    }

    private func fetch(_ client: HTTPClient) async -> Fetched {
        var request = HTTPClientRequest(url: configuration.url)
        request.headers.add(
            name: "accept",
            value: "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4"
        )
        request.headers.add(name: "user-agent", value: "hawser-ship-agent")
        let seconds = "\(configuration.timeout.inSeconds)"
        request.headers.add(name: "x-prometheus-scrape-timeout-seconds", value: seconds)
        do {
            if let path = configuration.tokenFile {
                let token = try AtomicFile.readText(path, limit: 64 * 1024)
                    .trimmingSuffix { $0.isWhitespace }
                request.headers.add(name: "authorization", value: "Bearer \(token)")
            }
            return try await Deadline.run(within: configuration.timeout) { [request] in
                try await answer(to: request, client)
            }
        } catch is NIOTooManyBytesError {
            return .failure("its answer is longer than \(configuration.bodyLimit) bytes")
        } catch {
            return .failure(CommandLineFailure.describe(error))
        }
    }

    private func answer(
        to request: HTTPClientRequest,
        _ client: HTTPClient
    ) async throws -> Fetched {
        let timeout = TimeAmount.milliseconds(configuration.timeout.milliseconds)
        let response = try await client.execute(request, timeout: timeout)
        guard response.status == .ok else {
            return .failure("it answers with status \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: configuration.bodyLimit)
        return .body(
            Array(body.readableBytesView),
            contentType: response.headers.first(name: "content-type")
        )
    }

    private func retryingWhenFull<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        while true {
            do {
                return try await body()
            } catch let error as StoreError where error.isRetryable {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, matches(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}
