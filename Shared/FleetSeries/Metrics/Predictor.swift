/// How the next number of a series is guessed from what is known. Raw values are wire values.
enum Predictor: UInt8, Sendable {
    /// The same again.
    case hold = 0
    /// The same difference again.
    case linear = 1
    /// The mean difference again.
    case drift = 2
    /// The difference that an earlier column of the group has in the same row.
    case reference = 3
    /// The mean of the numbers.
    case mean = 4
}
