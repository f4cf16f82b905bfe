import FleetModel
import FleetRuntime
import ShipStore
import Synchronization

/// Counts what came in and what was turned away, by name, and says so: as metrics, as events that
/// reach the shore, and as facts that `status` shows.
package final class IntakeAccount: Sendable {
    /// What is told of one sort of trouble at most this often; the counts go on meanwhile.
    private static let eventInterval = Duration.seconds(3600)

    private struct Trouble {
        var count = 0
        var told = 0
        var example = ""
        var toldAt: Timestamp?
    }

    private let samples: Counter
    private let violations: Counter
    private let histograms: Counter
    private let exemplars: Counter
    private let repeats: Counter
    private let troubles = Mutex<[String: Trouble]>([:])

    package init(_ registry: MetricsRegistry) {
        samples = registry.counter(
            "hawser_intake_samples_total",
            help: "Samples that came in, by the way they came and what became of them.",
            labels: ["way", "result"]
        )
        violations = registry.counter(
            "hawser_label_violations_total",
            help: "Samples not taken in for the labels of their series, by way, reason and label.",
            labels: ["way", "reason", "label"]
        )
        histograms = registry.counter(
            "hawser_remote_write_histograms_refused_total",
            help: "Native histograms that were written remotely; the ship takes in classic ones."
        )
        exemplars = registry.counter(
            "hawser_remote_write_exemplars_ignored_total",
            help: "Exemplars that were written remotely; nobody ashore asks for them."
        )
        repeats = registry.counter(
            "hawser_remote_write_repeated_requests_total",
            help: "Requests that were sent again although the ship had them."
        )
    }

    /// - Parameter violations: an example of each, for people.
    func count(
        _ outcome: RemoteWriteOutcome,
        violations examples: [LabelViolation: String],
        from client: String
    ) {
        let way = "remote_write"
        samples.increment(by: Double(outcome.accepted), way, "accepted")
        count(outcome.duplicates, way, "duplicate")
        count(outcome.dropped, way, "dropped")
        count(outcome.outOfOrder, way, "out_of_order")
        count(outcome.conflicts, way, "conflict")
        count(outcome.outOfBounds, way, "out_of_bounds")
        if outcome.histograms > 0 { histograms.increment(by: outcome.histograms) }
        if outcome.exemplars > 0 { exemplars.increment(by: outcome.exemplars) }
        if outcome.isRepeated { repeats.increment() }
        trouble("remote_write out_of_order", outcome.outOfOrder, "sent by \(client)")
        trouble("remote_write conflict", outcome.conflicts, "sent by \(client)")
        trouble("remote_write out_of_bounds", outcome.outOfBounds, "sent by \(client)")
        trouble("remote_write native_histogram", outcome.histograms, "sent by \(client)")
        refuse(outcome.refused, way: way, examples, from: client)
    }

    /// Counts samples of series that may not be taken in.
    package func refuse(
        _ refused: [LabelViolation: Int],
        way: String,
        _ examples: [LabelViolation: String],
        from client: String
    ) {
        for (violation, count) in refused where count > 0 {
            samples.increment(by: Double(count), way, "refused")
            violations.increment(by: Double(count), way, violation.reason.rawValue, violation.label)
            let example = examples[violation].map { " \($0.prefix(300))" } ?? ""
            trouble(
                "\(way) \(violation.reason.rawValue) \(violation.label)",
                count,
                "\(violation), from \(client)\(example)"
            )
        }
    }

    package func count(_ count: Int, _ way: String, _ result: String) {
        if count > 0 { samples.increment(by: Double(count), way, result) }
    }

    private func trouble(_ name: String, _ count: Int, _ example: String) {
        guard count > 0 else { return }
        troubles.withLock { troubles in
            troubles[name, default: Trouble()].count += count
            // The first is as good as any, and a newer one may still be there to be looked at.
            if !example.isEmpty { troubles[name]?.example = example }
        }
    }

    /// The key of the fact that `status` shows.
    package static let factKey = "intake_refused"

    /// Tells what is due: an event for each sort of trouble that is new or was not told of for an
    /// hour, and the counts for `status`.
    package func report(to notebook: Notebook, _ store: ShipStore, at now: Timestamp) async throws {
        var summary: [String] = []
        var due: [String] = []
        troubles.withLock { troubles in
            for (name, var trouble) in troubles.sorted(by: { $0.key < $1.key }) {
                let line = "\(trouble.count) samples, \(name.trimmed): \(trouble.example)"
                summary.append(String(line.map { $0.isNewline ? " " : $0 }))
                let isDue = trouble.toldAt.map { now - $0 >= Self.eventInterval } ?? true
                guard trouble.count > trouble.told, isDue else { continue }
                due.append(
                    "\(trouble.count - trouble.told) samples were not taken in"
                        + " (\(name.trimmed)): \(trouble.example)"
                )
                trouble.told = trouble.count
                trouble.toldAt = now
                troubles[name] = trouble
            }
        }
        for message in due { await notebook.note(.warning, "intake_refused", message) }
        let text = summary.joined(separator: "\n")
        // What an earlier run turned away is no longer the question.
        if try await store.fact(Self.factKey) ?? "" != text {
            try await store.setFact(Self.factKey, text)
        }
    }
}

extension String {
    fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
