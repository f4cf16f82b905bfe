import FleetRuntime
import FoundationEssentials

/// A server of Open Policy Agent's data API, or of what speaks it, that has the last word on every order: what
/// it does not clearly allow does not go.
package struct PolicyServer: Sendable {
    /// Brings a document there, and an answer of status 200 back.
    package typealias Transport = @Sendable (_ body: [UInt8]) async throws -> [UInt8]

    /// What is read of an answer.
    package static let answerLimit = 65_536
    private static let reasonLimit = 300

    private let transport: Transport

    package init(_ transport: @escaping Transport) {
        self.transport = transport
    }

    /// Whether questions may go there: over TLS, or without leaving this machine.
    package static func isSafe(_ url: String) -> Bool {
        // What stands before it is no host.
        guard !url.contains("@") else { return false }
        for start in ["http://127.0.0.1", "http://[::1]", "http://localhost"] {
            guard url.hasPrefix(start), let next = url.dropFirst(start.count).first else {
                continue
            }
            return next == ":" || next == "/"
        }
        return url.hasPrefix("https://") && url.utf8.count > 8
    }

    private struct Envelope: Encodable {
        let input: PolicyQuestion
    }

    /// - Returns: why the order does not go; `nil` where it may.
    package func objection(to question: PolicyQuestion) async -> String? {
        do {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let answer = try await transport(Array(try encoder.encode(Envelope(input: question))))
            return Self.objection(in: answer)
        } catch {
            return "the policy server gives no answer"
        }
    }

    /// `{"result": true}`, or `{"result": {"allow": false, "reasons": ["…"]}}`. A rule that is undefined has no
    /// `result`.
    static func objection(in answer: [UInt8]) -> String? {
        guard answer.count <= answerLimit,
            let decoded = try? JSONDecoder().decode(JSONValue.self, from: Data(answer)),
            case .object(let members) = decoded
        else { return "the policy server's answer can't be read" }
        switch members["result"] {
        case .boolean(true)?: return nil
        case .boolean(false)?: return "the policy server says no"
        case .object(let result)?:
            if case .boolean(true)? = result["allow"] { return nil }
            guard case .array(let reasons)? = result["reasons"] else {
                return "the policy server says no"
            }
            let texts = reasons.compactMap { reason -> String? in
                guard case .string(let text) = reason else { return nil }
                return text
            }
            return line("the policy server says no: \(texts.joined(separator: "; "))")
        default: return "the policy server has no rule that says yes or no"
        }
    }

    /// One line, of what others wrote.
    private static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(reasonLimit).map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
