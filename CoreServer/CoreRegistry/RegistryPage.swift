import CorePostgres
import FoundationEssentials

/// A part of what a search found.
package struct RegistryPage<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Where the next part begins; nil at the end.
    package let next: String?

    /// - Parameter rows: what `SearchQuery` found, from the place at which the page begins.
    init(
        _ rows: [PostgresRow],
        limit: Int,
        offset: Int,
        _ item: (PostgresRow) throws -> Item
    ) throws {
        try self.init(try rows.prefix(limit).map(item), of: rows, offset: offset)
    }

    /// - Parameters:
    ///   - items: what the first of the rows are.
    ///   - rows: what `SearchQuery` found, from the place at which the page begins.
    init(_ items: [Item], of rows: [PostgresRow], offset: Int) throws {
        let count = try rows.first?.int64("found_count") ?? 0
        self.items = items
        next = items.count < count ? RegistryPageToken(offset: offset + items.count).text : nil
    }

    /// - Parameter found: one more than the page holds, if there are as many.
    init(_ found: [Item], limit: Int, offset: Int) {
        items = found.count > limit ? Array(found.prefix(limit)) : found
        next = found.count > limit ? RegistryPageToken(offset: offset + limit).text : nil
    }

    private init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> RegistryPage<Other> {
        RegistryPage<Other>(items: try items.map(transform), next: next)
    }

    /// The page with more of each item.
    func completed(_ complete: ([Item]) throws -> [Item]) rethrows -> RegistryPage {
        RegistryPage(items: try complete(items), next: next)
    }
}

/// Where a page begins, as a text that clients send back unread.
struct RegistryPageToken {
    let offset: Int

    init(offset: Int) { self.offset = offset }

    /// - Throws: `RegistryError` `invalid` for what this server never wrote.
    init(_ text: String?) throws(RegistryError) {
        guard let text, !text.isEmpty else {
            offset = 0
            return
        }
        guard let data = Data(base64Encoded: text),
            let offset = Int(String(decoding: data, as: UTF8.self)), offset >= 0
        else { throw .invalid("Invalid page token, could not decode: it is of no search here") }
        self.offset = offset
    }

    var text: String { Data("\(offset)".utf8).base64EncodedString() }
}
