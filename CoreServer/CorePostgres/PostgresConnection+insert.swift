import CPostgres

extension PostgresConnection {
    /// Sends one INSERT of several rows, whose fields lie in a buffer in binary format.
    ///
    /// Full batches and single rows are prepared once; other sizes are rare and parsed each time.
    func insert(
        rowCount: Int,
        _ plan: CopyPlan,
        _ buffer: [UInt8],
        _ fields: [Range<Int>?],
        at site: CallSite
    ) throws(PostgresError) -> Int {
        try checkCancellation(at: site)
        let isPrepared = !isPooled && (rowCount == 1 || rowCount == plan.rowsPerInsert)
        let types = (0..<rowCount).flatMap { _ in plan.columns.map(\.type) }
        let statement = plan.insertStatement(rowCount: rowCount)
        let name = isPrepared ? try insertName(statement, types, at: site) : ""
        let identifiers = types.map(\.rawValue)
        let lengths = fields.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: fields.count)
        let sent = buffer.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = fields.map { field in field.flatMap { start?.advanced(by: $0.lowerBound) }
            }
            let count = Int32(fields.count)
            return isPrepared
                ? PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
                : PQsendQueryParams(
                    handle,
                    statement.sql,
                    count,
                    identifiers,
                    values,
                    lengths,
                    formats,
                    1
                )
        }
        guard sent == 1 else { throw sendFailure(at: site) }
        do throws(PostgresError) {
            return try collectResults(at: site)?.affectedCount ?? 0
        } catch {
            if error.code == .planOutdated { insertNames = [:] }
            throw error
        }
    }

    /// The server's name of a prepared INSERT.
    private func insertName(
        _ statement: Statement,
        _ types: [PostgresType],
        at site: CallSite
    ) throws(PostgresError) -> String {
        if let known = insertNames[statement.sql] { return known }
        let number = preparedCounts[statement.name, default: 0] + 1
        preparedCounts[statement.name] = number
        let name = "\(statement.name)_\(number)"
        try send(statement, as: name, types: types, at: site)
        insertNames[statement.sql] = name
        return name
    }
}
