/// The link as those see it who want something to come over it.
package struct LinkView: Sendable, Equatable {
    /// Name of the class that is in use.
    package let linkClass: String
    /// Bytes that may still come down in this UTC day; `nil` for no limit.
    package let room: UInt64?

    package init(linkClass: String, room: UInt64?) {
        self.linkClass = linkClass
        self.room = room
    }
}
