import CPostgres

extension PostgresConnection {
    /// Writes many rows with COPY … FROM STDIN in binary format, and returns how many were written.
    ///
    /// The fastest way in. A table with row security, which COPY refuses, gets the rows by INSERTs
    /// of up to 128 each, all in the open transaction or one of their own; its policies hold as
    /// for any insert.
    ///
    /// When `rows` throws, everything is undone and its error comes out unchanged; the connection
    /// stays usable. A transaction open before that can only be rolled back after a COPY.
    ///
    /// - Parameters:
    ///   - table: `table` or `schema.table`.
    ///   - ignoringDuplicates: Leave out rows whose key exists (ON CONFLICT DO NOTHING).
    @discardableResult
    package func copy(
        into table: String,
        columns: [String],
        ignoringDuplicates: Bool = false,
        file: String = #fileID,
        line: Int = #line,
        _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        let site = CallSite(statement: "copy_\(table)", file: file, line: line)
        try beginNow(at: site)
        let plan = try copyPlan(table, columns, ignoringDuplicates, at: site)
        switch plan.way {
        case .copy:
            return try stream(plan, at: site, rows)
        case .insert where isInTransaction:
            return try insert(plan, at: site, rows)
        case .insert:
            try query("BEGIN", at: site)
            do {
                let count = try insert(plan, at: site, rows)
                try query("COMMIT", heedingCancellation: false, at: site)
                return count
            } catch {
                rollBack(at: site)
                throw error
            }
        }
    }

    private func insert(
        _ plan: CopyPlan,
        at site: CallSite,
        _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        var writer = CopyWriter(connection: self, plan: plan, at: site)
        try rows(&writer)
        try writer.finish()
        return writer.insertedCount
    }

    private func stream(
        _ plan: CopyPlan,
        at site: CallSite,
        _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        try query(plan.copyStatement, at: site)
        var writer = CopyWriter(connection: self, plan: plan, at: site)
        do {
            try rows(&writer)
            try writer.finish()
        } catch {
            if isUsable {
                PQputCopyEnd(handle, "the rows could not be produced")
                // What it reports is our own abort.
                do throws(PostgresError) {
                    try collectResults(heedingCancellation: false, at: site)
                } catch {}
            }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw sendFailure(at: site) }
        return try collectResults(at: site)?.affectedCount ?? 0
    }

    /// The columns' types, and which way the rows must take.
    private func copyPlan(
        _ table: String,
        _ columns: [String],
        _ ignoringDuplicates: Bool,
        at site: CallSite
    ) throws(PostgresError) -> CopyPlan {
        precondition(!columns.isEmpty, "COPY needs to know its columns")
        let target = Identifier.qualified(table)
        let names = Identifier.list(columns)
        let key = "\(target) \(names) \(ignoringDuplicates)"
        if let known = copyPlans[key] { return known }
        let probe = Statement("copy_probe", "SELECT \(names) FROM \(target)")
        try send(probe, as: "", types: [], at: site)
        let described = try describe(prepared: "", at: site)
        let types = columns.indices.map { index in
            described?.type(of: Int32(index)) ?? .inferred
        }
        let security = Statement(
            "copy_row_security",
            "SELECT row_security_active($1::text::regclass) AS is_active"
        )
        let row = try perform(security, [.text(target)], at: site).rows.first
        let isSecured = try row?.bool("is_active") == true
        let plan = CopyPlan(
            table: target,
            columns: zip(columns, types).map { CopyPlan.Column(name: $0, type: $1) },
            way: isSecured || ignoringDuplicates ? .insert : .copy,
            ignoresDuplicates: ignoringDuplicates
        )
        copyPlans[key] = plan
        return plan
    }
}
