/// Every number that bounds what those who send to the ship may cost it.
package enum IntakeLimits {
    /// Connections at once. Prometheus opens up to 50 (`max_shards`) by default.
    package static let connections = 128

    /// Bytes of all header fields, of one of them, and how many there may be. Prometheus sends
    /// about 300 bytes in 7.
    static let headerBytes = 16 * 1024
    static let headerFieldBytes = 8 * 1024
    static let headerFields = 64

    /// Bytes of bodies in memory at once, over all connections: with what they unpack to one at a
    /// time, well below what the agent may take.
    package static let bodyBytesInMemory = 16 * 1024 * 1024

    /// How long a request waits for room in memory, unread, before it is told to come later. The
    /// sender's own socket holds it meanwhile, which slows the sender down without an error.
    static let roomWait = Duration.seconds(2)

    /// How long a client may take for its first header, for a body, and between two requests.
    /// Prometheus gives up a request after 30 s by default.
    static let headerTime = Duration.seconds(10)
    static let bodyTime = Duration.seconds(30)
    static let idleTime = Duration.seconds(90)

    /// How long an answer may take to be taken by the client.
    static let answerTime = Duration.seconds(30)

    /// Clients whose rate is watched at once; the one heard longest ago is forgotten.
    static let clientsWatched = 1024

    /// How far a signature's time may lie from the ship's clock.
    static let signatureAge = Duration.seconds(300)

    /// Signatures remembered against being sent twice. More requests than this within twice
    /// `signatureAge` are told to come later: 54 a second.
    static let signaturesRemembered = 32_768

    /// Keys in one file, and bytes of it.
    static let keys = 256
    static let keyFileBytes = 64 * 1024
}
