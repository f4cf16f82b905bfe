import FleetModel
import Glibc

/// How much a ship's silence after an activation speaks against the version.
///
/// Bayes' rule: before the silence, a version takes a ship out of reach with three hundredths of the chance with
/// which it may fail; a sound ship is silent for longer than `usual` in 1 of 10 cases, and for m times that with a
/// chance of (1 + cm)^-2. The tail is a power, not an exponential: outages of weeks are ordinary at sea, and
/// a thin tail would take each for a loss. Up to the usual silence the weight is nothing; from there on it
/// grows towards 1 and never falls.
package enum SilenceWeight {
    /// A whole ship: weights are whole numbers so that their sum does not depend on the order.
    package static let whole = 1_000_000

    private static let lossShare = 0.03
    /// (1 + c)^-2 = 0.1.
    private static let c = 10.0.squareRoot() - 1

    package static func millionths(silence: Duration, usual: Duration, tolerated: Double) -> Int {
        guard usual > .zero, silence > usual else { return 0 }
        let m = silence.inSeconds / usual.inSeconds
        let sound = 1 / ((1 + c * m) * (1 + c * m))
        let lost = tolerated * lossShare
        return Int((lost / (lost + (1 - lost) * sound) * Double(whole)).rounded(.down))
    }
}
