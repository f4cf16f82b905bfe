extension SeriesDefinition {
    /// Whether the values only ever grow, but for resets: what a rate is taken of.
    package var isCumulative: Bool {
        switch kind {
        case .counter, .histogram: true
        case .summary:
            labels.name.hasSuffix("_count") || labels.name.hasSuffix("_sum")
        case .unknown, .gauge, .info, .stateSet, .gaugeHistogram: false
        }
    }
}
