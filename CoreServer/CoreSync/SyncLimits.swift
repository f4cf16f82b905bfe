import FleetModel

/// Bounds of the sync port, each with its reason.
enum SyncLimits {
    /// Ships connected at once. 4,096 sessions at about 100 kB each are 400 MB.
    static let connections = 4096

    /// From the connection to the end of the TLS handshake and the hello: at 2.4 kbit/s the 3 kB of
    /// a mutual handshake take 10 s, and a geostationary round trip 0.6 s, several times.
    static let handshake = Duration.seconds(60)

    /// How long a ship's new session waits for its old one to commit what it received. A transaction
    /// takes tens of milliseconds; the ship gives up after 20 s without an answer.
    static let departure = Duration.seconds(5)

    /// How long the agent that is connected has to answer when another comes under its identity: a
    /// bad link's round trip and what waits on it, several times. Until then the other waits.
    static let proofOfLife = Duration.seconds(10)

    /// Silence after which a ship is taken for gone: idle ships ping every 44 minutes, and one ping may be lost.
    static let silence = Duration.seconds(100 * 60)

    /// Bytes of whole segments that may wait for the database before the socket is read no further.
    static let waitingBytes = 4 * 1024 * 1024

    /// Segments in one transaction: bounds its time and the memory of what was decoded.
    static let segmentsPerCommit = 64
    static let samplesPerCommit = 2_000_000

    /// How often a session's use of the link is written down.
    static let usageInterval = Duration.seconds(15)

    /// How often it is looked what is asked of a connected ship though nobody rang: makes good for
    /// messages that the database's listener missed.
    static let wantInterval = Duration.seconds(60)

    /// Between two looks whether somebody rang for the ship: an abort may wait that long here.
    static let orderPause = Duration.milliseconds(250)

    /// Read of an artifact at once, and sent before anything else is read.
    static let portionBytes = 64 * 1024

    /// How long a ship waits that could not be sent what it asked for.
    static let unavailableSeconds: UInt32 = 60

    /// Small where a ship takes little at a time: its link is slow, and a directive comes between two pieces.
    static func pieceBytes(within window: UInt64) -> Int {
        window <= UInt64(portionBytes) ? Limits.framePayloadBytes / 4 : Limits.framePayloadBytes
    }

    /// Answers to wants between two commits; a ship is asked for a hundred things at a time.
    static let waitingAnswers = 128

    /// Between two looks for a new seal of the audit: a hundred bytes each go down a ship's link.
    static let sealInterval = Duration.seconds(3600)
}
