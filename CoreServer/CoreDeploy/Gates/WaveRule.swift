/// What decides over a wave.
package struct WaveRule: Sendable, Equatable, Codable {
    package var stop: StopRule
    package var go: GoRule

    package init(stop: StopRule = StopRule(), go: GoRule = GoRule()) {
        self.stop = stop
        self.go = go
    }

    package var fault: String? { stop.fault ?? go.fault }
}
