/// A part of a list, and where the next begins.
package struct Page<Item: Sendable>: Sendable {
    package static var longest: Int { 1000 }

    package let items: [Item]
    package let next: String?

    init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// - Parameter found: one more than the page holds, if there are as many.
    package init(_ found: [Item], limit: Int, key: (Item) -> String) {
        items = Array(found.prefix(limit))
        next = found.count > limit ? items.last.map(key) : nil
    }
}
