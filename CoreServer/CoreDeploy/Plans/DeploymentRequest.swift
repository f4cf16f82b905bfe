import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import FoundationEssentials

/// What somebody wants to run aboard which ships, and how it gets there: the API's JSON, and what is stored.
package struct DeploymentRequest: Codable, Sendable, Hashable {
    /// Ships that are named, of a fleet, or that have one of the values for each of the labels: all together.
    package struct Targets: Codable, Sendable, Hashable {
        package var labels: [String: [String]]?
        package var fleets: [String]?
        package var ships: [String]?
        /// The number of one on whose ships the version succeeded: all of these.
        package var deployment: Int64?
    }

    /// The ships that are named, or those with the labels, or so many; all that are left where nothing says
    /// how many.
    package struct Wave: Codable, Sendable, Hashable {
        package var name: String
        package var ships: [String]?
        package var labels: [String: [String]]?
        package var count: Int?
        /// Of all ships of the deployment.
        package var percent: Double?
    }

    /// How many ships with one value of a dimension a wave has at most.
    package struct Limit: Codable, Sendable, Hashable {
        /// `class`, `owner`, or `label:KEY`.
        package var by: String
        package var count: Int?
        /// Of the deployment's ships with the value, one at least.
        package var percent: Double?
    }

    package struct Deadline: Codable, Sendable, Hashable {
        package var at: String?
        /// Connections with the shore after which a ship that has not begun lets it be.
        package var contacts: UInt32?
    }

    /// When a wave's gate says pass and when stop.
    package struct Failure: Codable, Sendable, Hashable {
        /// Reports before anything is judged.
        package var minimum: Int?
        /// Share of failures that is borne.
        package var tolerated: Double?
        /// With which the share has to be higher for a stop.
        package var confidence: Double?
        /// Share of the wave that has to be proven for the next to open.
        package var quorum: Double?
        /// For which a success has to be known to last.
        package var soakSeconds: Int64?
        /// Ships that may be left without a version that works.
        package var stranded: Int?

        var rule: WaveRule {
            var rule = WaveRule()
            if let tolerated { rule.stop.tolerated = tolerated }
            if let confidence { rule.stop.confidence = confidence }
            if let minimum { rule.stop.minimumReports = minimum }
            if let stranded { rule.stop.strandedLimit = stranded }
            if let quorum { rule.go.quorum = quorum }
            if let soakSeconds { rule.go.soak = soakSeconds }
            return rule
        }
    }

    package var name: String
    package var slot: String
    /// Of a model or a bundle.
    package var model: String
    package var modelVersion: Int64
    /// `live`, `shadow` or `promotion`: of what runs in the shadow.
    package var mode: String?
    package var targets: Targets
    package var waves: [Wave]
    package var limits: [Limit]?
    package var download: DownloadTerms?
    package var activation: ActivationTerms?
    package var contract: ContractTerms?
    package var deadline: Deadline?
    package var failure: Failure?
    /// Of others than who asks; policies may ask for more.
    package var approvals: Int?
    /// Of a promotion: what has to be known of the candidate.
    package var agreement: AgreementTerms?

    package var isShadow: Bool { mode == "shadow" }
    package var isPromotion: Bool { mode == "promotion" }

    package static let members: Set<String> = [
        "name", "slot", "model", "model_version", "mode", "targets", "waves", "limits", "download",
        "activation", "contract", "deadline", "failure", "approvals", "agreement",
    ]
    package static let waveLimit = 100
    package static let limitLimit = 8
    package static let nameLimit = 20_000

    /// - Throws: `DomainError` `invalid` for what is missing, of another type, or not known.
    package init(_ json: JSONValue) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Self.self, from: try JSONEncoder().encode(json))
        } catch let error as DecodingError {
            throw DomainError(.invalid, "the deployment: \(Self.words(error))")
        }
        let understood = try JSONDecoder().decode(JSONValue.self, from: Data(canonical.utf8))
        if let unknown = Self.unknown(json, understood, "") {
            throw DomainError(.invalid, "'\(unknown)' is not known here")
        }
        try check()
    }

    /// Of a row.
    init(stored text: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(text.utf8))
    }

    /// Its members in order: equal requests have equal texts.
    package var canonical: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
            return path.isEmpty ? "it" : "'\(path.joined(separator: "."))'"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)) has no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            "\(place(context)) is of another type"
        @unknown default: "it can't be read"
        }
    }

    /// The first member that nothing was made of.
    private static func unknown(
        _ given: JSONValue,
        _ understood: JSONValue?,
        _ path: String
    ) -> String? {
        switch (given, understood) {
        case (.null, _): return nil
        case (.object(let given), .object(let understood)?):
            for (name, value) in given.sorted(by: { $0.key < $1.key }) {
                let found = unknown(
                    value,
                    understood[name],
                    path.isEmpty ? name : "\(path).\(name)"
                )
                if let found { return found }
            }
            return nil
        case (.array(let given), .array(let understood)?):
            for (index, value) in given.enumerated() where index < understood.count {
                if let found = unknown(value, understood[index], "\(path).\(index)") {
                    return found
                }
            }
            return nil
        case (_, nil): return path
        default: return nil
        }
    }

    /// - Throws: `DomainError` `invalid`.
    private func check() throws(DomainError) {
        try Slug.check(name, what: "deployment")
        guard SlotName(slot) != nil else {
            throw DomainError(.invalid, "'slot' is 1 to 64 of a-z, 0-9 and -")
        }
        guard ["live", "shadow", "promotion"].contains(mode ?? "live") else {
            throw DomainError(.invalid, "'mode' is live, shadow or promotion")
        }
        guard isPromotion || agreement == nil else {
            throw DomainError(.invalid, "'agreement' is of a promotion alone")
        }
        try agreement?.check()
        guard 0...10 ~= approvals ?? 0 else {
            throw DomainError(.invalid, "'approvals' is 0 to 10")
        }
        guard 1...Self.waveLimit ~= waves.count else {
            throw DomainError(.invalid, "there are 1 to \(Self.waveLimit) waves")
        }
        try checkTargets()
        try checkWaves()
        try checkLimits()
        try checkFailure()
        _ = try download?.rule()
        _ = try activation?.rule()
        _ = try contract?.contract()
        _ = try deadlineAt
    }

    private func checkTargets() throws(DomainError) {
        let named = (targets.ships?.count ?? 0) + (targets.fleets?.count ?? 0)
        guard targets.labels != nil || named > 0 || targets.deployment != nil else {
            throw DomainError(.invalid, "'targets' names ships, fleets, labels or a deployment")
        }
        guard named <= Self.nameLimit else {
            throw DomainError(
                .invalid,
                "'targets' names at most \(Self.nameLimit) ships and fleets"
            )
        }
        if let labels = targets.labels { _ = try FleetSelector(labels) }
    }

    private func checkWaves() throws(DomainError) {
        guard Set(waves.map(\.name)).count == waves.count else {
            throw DomainError(.invalid, "two waves have one name")
        }
        for wave in waves {
            guard 1...100 ~= wave.name.unicodeScalars.count,
                wave.name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { throw DomainError(.invalid, "a wave's name has 1 to 100 characters") }
            let ways = [wave.ships != nil, wave.count != nil, wave.percent != nil]
            guard ways.count(where: { $0 }) <= 1, wave.ships == nil || wave.labels == nil else {
                throw DomainError(
                    .invalid,
                    "the wave \(wave.name) names ships, or has a count or a percent, labels beside it"
                )
            }
            if let labels = wave.labels { _ = try FleetSelector(labels) }
            guard wave.count.map({ $0 > 0 }) ?? true,
                wave.percent.map({ $0 > 0 && $0 <= 100 }) ?? true
            else { throw DomainError(.invalid, "a wave has ships: 1 or more, or 0 to 100 percent") }
        }
    }

    private func checkLimits() throws(DomainError) {
        guard (limits?.count ?? 0) <= Self.limitLimit else {
            throw DomainError(.invalid, "there are at most \(Self.limitLimit) limits")
        }
        for limit in limits ?? [] {
            guard ["class", "owner"].contains(limit.by) || limit.by.hasPrefix("label:") else {
                throw DomainError(.invalid, "a limit is 'by' class, owner or label:KEY")
            }
            guard (limit.count == nil) != (limit.percent == nil),
                limit.count.map({ $0 > 0 }) ?? true,
                limit.percent.map({ $0 > 0 && $0 <= 100 }) ?? true
            else { throw DomainError(.invalid, "a limit has a count from 1 on, or a percent") }
        }
    }

    private func checkFailure() throws(DomainError) {
        if let fault = failure?.rule.fault { throw DomainError(.invalid, "'failure': \(fault)") }
    }

    var deadlineAt: Timestamp? {
        get throws(DomainError) { try ActivationTerms.moment(deadline?.at, "deadline.at") }
    }
}
