import FleetModel
import FleetSeries

/// Merges the records of blocks that overlap in time, newest first, and keeps no more than a page.
///
/// Blocks are shown to it in the order of their last times, falling: what is later than a block's
/// last time can come from no block behind it.
struct LogSearch {
    private struct Found {
        let place: LogCursor
        let record: LogRecord
    }

    /// Bytes of one page, about: an answer is held in memory.
    private static let mostBytes = 4 * 1024 * 1024

    private let request: LogRequest
    private var waiting: [Found] = []
    private var bytes = 0
    private(set) var page = LogPage()

    init(_ request: LogRequest) {
        self.request = request
    }

    /// Takes over what is later than `moment` and so can't be overtaken.
    ///
    /// - Returns: whether the page is full; then its `next` is set.
    mutating func settle(after moment: Int64) -> Bool {
        var count = 0
        for found in waiting {
            guard found.place.at > moment else { break }
            page.records.append(found.record)
            bytes += found.record.byteCount
            count += 1
            if page.records.count == request.limit || bytes >= Self.mostBytes {
                page.next = found.place
                return true
            }
        }
        waiting.removeFirst(count)
        return false
    }

    mutating func add(_ records: [LogRecord], epoch: Int64, sequence: Int64) {
        for (ordinal, record) in records.enumerated() where request.wants(record) {
            let place = LogCursor(
                at: record.at.milliseconds,
                epoch: epoch,
                sequence: sequence,
                ordinal: Int64(ordinal)
            )
            if let after = request.after, place >= after { continue }
            waiting.append(Found(place: place, record: record))
        }
        waiting.sort { $0.place > $1.place }
        // Of what waits no more than a page can ever be wanted.
        if waiting.count > request.limit { waiting.removeLast(waiting.count - request.limit) }
    }

    /// The search stopped with blocks left that end at `moment` or earlier.
    mutating func stop(at moment: Int64) {
        if !settle(after: moment) { page.next = LogCursor(before: moment) }
    }
}
