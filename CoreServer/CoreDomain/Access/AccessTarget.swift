/// What a permission is asked for.
package enum AccessTarget: Sendable {
    /// The tenant as a whole, or the installation where the permission is of that.
    case tenant
    /// Whatever ships the caller may see: the answer holds those and no others.
    case ships
    /// One ship.
    case ship(Ship)
}
