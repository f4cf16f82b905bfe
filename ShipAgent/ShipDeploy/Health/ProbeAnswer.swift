/// What a probe says at one asking.
enum ProbeAnswer: Sendable, Equatable {
    case fine
    /// Why it is not fine, in one line.
    case trouble(String)
    /// Too little is known yet to say: neither does it prove the version, nor does it count against it.
    case unknown(String)
}
