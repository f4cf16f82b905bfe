import CPostgres

extension PostgresConnection {
    /// Writes many rows with COPY … FROM STDIN in binary format, and returns how many were written.
    ///
    /// The fastest way in: use it from about fifty rows upwards. A table with row security, which
    /// COPY refuses, is reached through a temporary table and INSERT … SELECT, in the transaction
    /// that is open or one of its own; its policies hold as for any insert.
    ///
    /// When `rows` throws, the COPY is aborted and its error comes out unchanged; the connection
    /// stays usable, an open transaction has failed and must be rolled back.
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
        let plan = try copyPlan(table, columns, staged: ignoringDuplicates, at: site)
        guard let staging = plan.stagingTable else {
            return try stream(
                "COPY \(Identifier.qualified(table)) (\(Identifier.list(columns)))"
                    + " FROM STDIN (FORMAT binary)",
                plan,
                at: site,
                rows
            )
        }
        guard !isInTransaction else {
            return try copy(into: table, through: staging, plan, ignoringDuplicates, site, rows)
        }
        // The temporary table is emptied at each commit, so the steps share a transaction.
        try query("BEGIN", at: site)
        do {
            let count = try copy(
                into: table, through: staging, plan, ignoringDuplicates, site, rows
            )
            try query("COMMIT", heedingCancellation: false, at: site)
            return count
        } catch {
            if isUsable { _ = try? query("ROLLBACK", heedingCancellation: false, at: site) }
            throw error
        }
    }

    private func copy(
        into table: String,
        through staging: String,
        _ plan: CopyPlan,
        _ ignoringDuplicates: Bool,
        _ site: CallSite,
        _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        let target = Identifier.qualified(table)
        let names = Identifier.list(plan.columns.map(\.name))
        // A rolled back transaction takes the temporary table with it, hence IF NOT EXISTS.
        _ = try stream(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS \(staging)
            ON COMMIT DELETE ROWS
            AS SELECT \(names) FROM \(target) WITH NO DATA;
            COPY pg_temp.\(staging) (\(names)) FROM STDIN (FORMAT binary)
            """,
            plan,
            at: site,
            rows
        )
        let result = try query(
            """
            INSERT INTO \(target) (\(names))
            SELECT \(names) FROM pg_temp.\(staging)
            \(ignoringDuplicates ? "ON CONFLICT DO NOTHING" : "");
            TRUNCATE pg_temp.\(staging)
            """,
            at: site
        )
        return result?.affectedCount ?? 0
    }

    private func stream(
        _ sql: String,
        _ plan: CopyPlan,
        at site: CallSite,
        _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        try query(sql, at: site)
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

    /// The columns' types, and whether rows must take the way through a temporary table.
    private func copyPlan(
        _ table: String,
        _ columns: [String],
        staged: Bool,
        at site: CallSite
    ) throws(PostgresError) -> CopyPlan {
        precondition(!columns.isEmpty, "COPY needs to know its columns")
        let target = Identifier.qualified(table)
        let names = Identifier.list(columns)
        let key = "\(target) \(names) \(staged)"
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
        let isSecured = try perform(security, [.text(target)], at: site).rows.first
        let needsStaging = try isSecured?.bool("is_active") == true || staged
        let plan = CopyPlan(
            columns: zip(columns, types).map { CopyPlan.Column(name: $0, type: $1) },
            stagingTable: needsStaging ? "hawser_staging_\(copyPlans.count + 1)" : nil
        )
        copyPlans[key] = plan
        return plan
    }
}
