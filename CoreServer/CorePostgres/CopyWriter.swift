import CPostgres

/// Takes the rows of one COPY and sends them as they come, in messages of at most 64 kB.
///
/// Memory stays at one message plus one row, however many rows there are.
package struct CopyWriter: ~Copyable {
    private let connection: PostgresConnection
    private let plan: CopyPlan
    private let site: CallSite
    private var buffer: [UInt8] = []
    /// Rows written so far.
    package private(set) var rowCount = 0

    init(connection: PostgresConnection, plan: CopyPlan, at site: CallSite) {
        self.connection = connection
        self.plan = plan
        self.site = site
        buffer.reserveCapacity(PostgresLimits.copyMessageBytes)
        // Signature, flags and the length of a header extension, as COPY BINARY begins.
        buffer.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        buffer.append(bigEndian: Int32(0))
        buffer.append(bigEndian: Int32(0))
    }

    /// Writes a row: one value for each column, in the order given to `copy`.
    ///
    /// Integers and texts take their column's width and type; what doesn't fit throws and names
    /// the column.
    package mutating func row(_ values: PostgresValue...) throws(PostgresError) {
        try row(values: values)
    }

    /// As above, with the values in an array.
    package mutating func row(values: [PostgresValue]) throws(PostgresError) {
        guard values.count == plan.columns.count else {
            throw PostgresError(
                .invalidValue,
                "\(values.count) values do not fit \(plan.columns.count) columns",
                at: site
            )
        }
        let start = buffer.count
        buffer.append(bigEndian: Int16(values.count))
        for (value, column) in zip(values, plan.columns) {
            if case .null = value {
                buffer.append(bigEndian: Int32(-1))
                continue
            }
            do throws(EncodingFailure) {
                try buffer.appendCounted { (bytes) throws(EncodingFailure) in
                    try value.encode(as: column.type, into: &bytes)
                }
            } catch {
                buffer.removeSubrange(start...)
                throw PostgresError(
                    .invalidValue,
                    "column \"\(column.name)\": \(error.reason)",
                    at: site
                )
            }
        }
        rowCount += 1
        if buffer.count >= PostgresLimits.copyMessageBytes { try flush() }
    }

    /// Ends the data; the caller ends the COPY.
    mutating func finish() throws(PostgresError) {
        buffer.append(bigEndian: Int16(-1))
        try flush()
    }

    private mutating func flush() throws(PostgresError) {
        try connection.checkCancellation(at: site)
        var rest = 0
        while rest < buffer.count {
            let count = min(buffer.count - rest, PostgresLimits.copyMessageBytes)
            let sent = buffer.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection.handle,
                    bytes.baseAddress?.advanced(by: rest).assumingMemoryBound(to: CChar.self),
                    Int32(count)
                )
            }
            guard sent == 1 else { throw connection.sendFailure(at: site) }
            rest += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
