import CPostgres

/// Takes the rows of one `copy` and sends them as they come, in messages of about 64 kB.
///
/// Memory stays at one message plus one row, however many rows there are.
package struct CopyWriter: ~Copyable {
    /// Rows written so far.
    package private(set) var rowCount = 0
    /// Rows that the table took, of those sent with INSERT.
    private(set) var insertedCount = 0

    private let connection: PostgresConnection
    private let plan: CopyPlan
    private let site: CallSite
    /// Rows in COPY's binary format: each a column count, then length and bytes of every field.
    private var buffer: [UInt8] = []
    /// Where the fields lie in the buffer; `nil` for null. Only INSERT needs to know.
    private var fields: [Range<Int>?] = []
    private var pendingRows = 0

    init(connection: PostgresConnection, plan: CopyPlan, at site: CallSite) {
        self.connection = connection
        self.plan = plan
        self.site = site
        buffer.reserveCapacity(PostgresLimits.copyMessageBytes)
        guard plan.way == .copy else { return }
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
        buffer.append(bigEndian: Int16(values.count))
        for (value, column) in zip(values, plan.columns) {
            try append(value, to: column)
        }
        rowCount += 1
        pendingRows += 1
        let isFull = buffer.count >= PostgresLimits.copyMessageBytes
        switch plan.way {
        case .copy: if isFull { try sendData() }
        case .insert: if isFull || pendingRows == plan.rowsPerInsert { try insert() }
        }
    }

    /// Sends what is left; the caller ends the COPY.
    mutating func finish() throws(PostgresError) {
        switch plan.way {
        case .copy:
            buffer.append(bigEndian: Int16(-1))
            try sendData()
        case .insert:
            if pendingRows > 0 { try insert() }
        }
    }

    /// A failure leaves half a row behind, and with it ends the whole copy.
    private mutating func append(
        _ value: PostgresValue,
        to column: CopyPlan.Column
    ) throws(PostgresError) {
        if case .null = value {
            buffer.append(bigEndian: Int32(-1))
            if plan.way == .insert { fields.append(nil) }
            return
        }
        let start = buffer.count + 4
        do throws(EncodingFailure) {
            try buffer.appendCounted { (bytes) throws(EncodingFailure) in
                try value.encode(as: column.type, into: &bytes)
            }
        } catch {
            throw PostgresError(
                .invalidValue,
                "column \"\(column.name)\": \(error.reason)",
                at: site
            )
        }
        if plan.way == .insert { fields.append(start..<buffer.count) }
    }

    private mutating func sendData() throws(PostgresError) {
        try connection.checkCancellation(at: site)
        var start = 0
        while start < buffer.count {
            let count = min(buffer.count - start, PostgresLimits.copyMessageBytes)
            let sent = buffer.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection.handle,
                    bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self),
                    Int32(count)
                )
            }
            guard sent == 1 else { throw connection.sendFailure(at: site) }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func insert() throws(PostgresError) {
        insertedCount += try connection.insert(
            rowCount: pendingRows,
            plan,
            buffer,
            fields,
            at: site
        )
        buffer.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        pendingRows = 0
    }
}
