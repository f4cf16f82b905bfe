/// Carries one remote_write request.
package protocol ForwardingTransport: Sendable {
    /// Never throws for what the network or the target does: that is `.later`.
    func send(_ body: [UInt8], to target: ForwardingTarget) async throws -> ForwardingAnswer
}
