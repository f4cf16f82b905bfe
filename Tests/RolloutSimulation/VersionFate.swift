/// What a version does to one ship.
package enum VersionFate: Sendable {
    case works
    /// A probe finds it within the soak aboard; the ship goes back by itself.
    case failsProbe
    /// It is committed, and fails days later; the ship goes back by itself.
    case failsLate
    /// It takes the ship out of reach, until somebody comes aboard.
    case silences
    /// It fails, and so does the way back.
    case strands
}
