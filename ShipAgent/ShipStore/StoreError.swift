/// Why the ship's store could not do what was asked, and what to do about it.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable {
        package let name: String

        private init(_ name: String) {
            self.name = name
        }

        /// No room on the disk: nothing of the transaction was kept, try again later.
        package static let full = Self("disk_full")
        /// Another process holds the store for longer than anyone should: try again later.
        package static let busy = Self("store_busy")
        package static let missing = Self("store_missing")
        package static let unusable = Self("store_unusable")
        package static let damaged = Self("store_damaged")
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var isRetryable: Bool { code == .full || code == .busy }

    package var description: String { reason }
}
