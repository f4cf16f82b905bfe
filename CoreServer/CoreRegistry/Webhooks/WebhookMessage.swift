import Crypto
import FleetModel
import FoundationEssentials

/// What is sent, and what proves who sent it.
enum WebhookMessage {
    private struct Envelope: Encodable {
        let entity: String
        let action: String
        let timestamp: String
        let data: [String: WebhookValue]
    }

    /// - Returns: JSON, as it is signed and sent however often that takes.
    static func body(
        _ event: WebhookEvent,
        _ data: [String: WebhookValue],
        at now: Timestamp
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let envelope = Envelope(
            entity: event.entity,
            action: event.action,
            timestamp: "\(now)",
            data: data
        )
        return String(decoding: try encoder.encode(envelope), as: UTF8.self)
    }

    /// MLflow's headers, which follow Standard Webhooks.
    static func headers(
        id: String,
        body: String,
        secret: [UInt8]?,
        at now: Timestamp
    ) -> [(name: String, value: String)] {
        let seconds = "\(now.milliseconds / 1000)"
        var headers = [
            ("content-type", "application/json"), ("x-mlflow-delivery-id", id),
            ("x-mlflow-timestamp", seconds),
        ]
        if let secret {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array("\(id).\(seconds).\(body)".utf8),
                using: SymmetricKey(data: secret)
            )
            headers.append(("x-mlflow-signature", "v1,\(Data(code).base64EncodedString())"))
        }
        return headers
    }
}
