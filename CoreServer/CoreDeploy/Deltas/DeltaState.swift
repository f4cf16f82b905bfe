/// How far the making of a delta has come.
package enum DeltaState: String, Sendable, CaseIterable {
    case queued
    case building
    case ready
    case failed
}
