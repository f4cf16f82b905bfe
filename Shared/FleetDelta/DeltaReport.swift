/// What a delta consists of.
package struct DeltaReport: Sendable, Equatable {
    /// Bytes of files that were not told at all.
    package internal(set) var held = 0
    /// Bytes of the delta for the names, sizes and sources of files.
    package internal(set) var listing = 0
    /// For each way of telling: bytes of the new tree that were told so, and what they cost in the delta.
    package internal(set) var methods: [Method: Share] = [:]

    package enum Method: String, Sendable, CaseIterable {
        /// Without the base.
        case full
        /// Bytes that are mostly the base's.
        case aligned
        /// Numbers near the base's.
        case tensor
    }

    package struct Share: Sendable, Equatable {
        package internal(set) var content = 0
        package internal(set) var coded = 0
    }

    /// The way that cost most, `held` if nothing was told.
    package var method: String {
        methods.max { ($0.value.coded, $0.key.rawValue) < ($1.value.coded, $1.key.rawValue) }?.key
            .rawValue ?? "held"
    }
}
