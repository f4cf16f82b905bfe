import FleetDeploy
import FleetProtocol

/// What the link needs of deployments: it carries frames, and knows nothing of what they order.
package protocol DeploymentPort: Sendable {
    /// For the hello: the highest counter taken, and what is held.
    func standing() async throws -> (counter: UInt64, holdings: [Holding])
    /// The shore has answered the hello.
    func contact() async throws
    /// Takes a signed directive, or says why not. Once this returns the counter is on the disk.
    func take(_ directive: [UInt8]) async throws -> DirectiveAnswer
    func offered(_ offer: ArtifactOffer) async throws
    /// What to fetch now; `nil` while the rules, or the want of anything, forbid it.
    func wants() async throws -> ArtifactFetch?
    /// - Returns: the next wish, if it is time for it.
    func received(_ piece: ArtifactPiece) async throws -> ArtifactFetch?
    func refused(_ refusal: FetchRefusal) async
}
