import FleetRuntime

/// Asks identity providers; lent by the edge.
package protocol OIDCTransport: Sendable {
    /// - Returns: the body of an answer 200.
    func get(_ url: String) async throws -> [UInt8]

    /// Sends a form.
    ///
    /// - Parameter basic: name and password of `Authorization: Basic`.
    /// - Returns: the body of an answer 200.
    func post(
        _ fields: [(name: String, value: Secret)],
        to url: String,
        basic: (name: String, password: Secret)?
    ) async throws -> [UInt8]
}
