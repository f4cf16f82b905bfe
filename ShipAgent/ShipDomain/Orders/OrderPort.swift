import FleetProtocol

/// What a session with the shore needs of those aboard who carry out its orders.
///
/// A session lives as long as the link; what is told here is kept by the other side, and asked again in the
/// next session.
///
/// Every call may throw where the disk has no room or can't be read: orders wait then, and nothing else does.
package protocol OrderPort: Sendable {
    /// For the hello.
    func standing() async throws -> OrderStanding

    /// The shore has answered a hello: the ship was in contact once more.
    func contacted() async throws

    /// As a `holdings` frame carries them: what `standing` told the mark of, or newer.
    func holdings() async throws -> [UInt8]

    /// Takes a directive, durably, or says why not. Throws only if it should be given again.
    func take(_ directive: [UInt8]) async throws -> DirectiveAnswer

    func offered(_ offer: ArtifactOffer) async throws

    /// What to fetch now: from where everything is on the disk, to its end; `nil` if nothing is needed, or no
    /// rule allows it.
    func wish(over link: LinkView) async throws -> ArtifactFetch?

    /// Bytes of what was fetched. Those that don't continue what is there are of no use and are dropped.
    func received(_ piece: ArtifactPiece, over link: LinkView) async throws

    func refused(_ refusal: FetchRefusal) async throws

    /// Something may be wished now that was not, or the other way round.
    func changes() -> AsyncStream<Void>
}
