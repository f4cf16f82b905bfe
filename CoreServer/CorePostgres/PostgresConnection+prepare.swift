import CPostgres

extension PostgresConnection {
    func perform(
        _ statement: Statement,
        _ values: [PostgresValue],
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult {
        try checkCancellation(at: site)
        let parameters = try ParameterBuffer(values, at: site)
        guard !isPooled else {
            return try perform(unnamed: statement, values, parameters, at: site)
        }
        // A statement that PostgreSQL can't parse fails in the transaction, as any other.
        if !isPrepared(statement, values) { try beginNow(at: site) }
        let variant = try preparedStatement(statement, values, at: site)
        do throws(PostgresError) {
            if let beginning = waitingBeginning {
                return try performFirst(beginning, variant, parameters, at: site)
            }
            guard sendPrepared(variant.name, parameters) else { throw sendFailure(at: site) }
            guard let result = try collectResults(at: site) else {
                throw PostgresError(.rejected, "PostgreSQL answered nothing", at: site)
            }
            return result
        } catch {
            // It is prepared anew at its next use; the server drops the old one with the connection.
            if error.code == .planOutdated { prepared[statement.name] = nil }
            throw error
        }
    }

    /// Parses and runs at once, and leaves nothing behind.
    func perform(
        unnamed statement: Statement,
        _ values: [PostgresValue],
        _ parameters: borrowing ParameterBuffer,
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult {
        try beginNow(at: site)
        let types = values.map(\.type.rawValue)
        let sent = parameters.withPointers { values, lengths, formats in
            PQsendQueryParams(
                handle,
                statement.sql,
                Int32(parameters.count),
                types,
                values,
                lengths,
                formats,
                1
            )
        }
        guard sent == 1 else { throw sendFailure(at: site) }
        guard let result = try collectResults(at: site) else {
            throw PostgresError(.rejected, "PostgreSQL answered nothing", at: site)
        }
        return result
    }

    /// The statement under the name that its text is prepared as; `nil` where it is not worth it.
    func composed(
        _ statement: Statement,
        at site: CallSite
    ) throws(PostgresError) -> Statement? {
        guard !isPooled else { return nil }
        var dropped: String?
        let name = composedTexts.name(of: statement, dropped: &dropped)
        if let dropped, let variants = prepared.removeValue(forKey: dropped) {
            for variant in variants {
                try query("DEALLOCATE \(Identifier.quoted(variant.name))", at: site)
            }
            preparedCounts[dropped] = nil
        }
        return name.map { Statement($0, statement.sql) }
    }

    private func isPrepared(_ statement: Statement, _ values: [PostgresValue]) -> Bool {
        prepared[statement.name]?.contains { $0.accepts(values) } ?? false
    }

    func preparedStatement(
        _ statement: Statement,
        _ values: [PostgresValue],
        at site: CallSite
    ) throws(PostgresError) -> PreparedStatement {
        let variants = prepared[statement.name] ?? []
        if let other = variants.first, other.sql != statement.sql {
            throw PostgresError(
                .rejected,
                "Two statements of this program have the same name",
                at: site
            )
        }
        if let match = variants.first(where: { $0.accepts(values) }) { return match }
        return try prepare(statement, types: values.map(\.type), at: site)
    }

    private func prepare(
        _ statement: Statement,
        types: [PostgresType],
        at site: CallSite
    ) throws(PostgresError) -> PreparedStatement {
        let variant = preparedCounts[statement.name, default: 0] + 1
        // Counted before it is sent, since a cancelled attempt may have taken the name.
        preparedCounts[statement.name] = variant
        let name = variant == 1 ? statement.name : "\(statement.name)_\(variant)"
        try send(statement, as: name, types: types, at: site)
        let known = types.contains(.inferred) ? try parameterTypes(of: name, at: site) : types
        let entry = PreparedStatement(name: name, sql: statement.sql, types: known)
        prepared[statement.name, default: []].append(entry)
        return entry
    }

    /// Has PostgreSQL parse a statement. An empty `types` leaves all of them to it.
    func send(
        _ statement: Statement,
        as name: String,
        types: [PostgresType],
        at site: CallSite
    ) throws(PostgresError) {
        guard !statement.sql.utf8.contains(0), !name.utf8.contains(0) else {
            throw PostgresError(.invalidValue, "The SQL text holds a NUL character", at: site)
        }
        let identifiers = types.map(\.rawValue)
        guard
            PQsendPrepare(handle, name, statement.sql, Int32(identifiers.count), identifiers) == 1
        else { throw sendFailure(at: site) }
        try collectResults(at: site)
    }

    /// What PostgreSQL made of a prepared statement's parameters: one round trip.
    func parameterTypes(
        of name: String,
        at site: CallSite
    ) throws(PostgresError) -> [PostgresType] {
        guard let result = try describe(prepared: name, at: site) else { return [] }
        return (0..<PQnparams(result.handle)).map { PostgresType(PQparamtype(result.handle, $0)) }
    }

    func describe(
        prepared name: String,
        at site: CallSite
    ) throws(PostgresError) -> PostgresResult? {
        guard PQsendDescribePrepared(handle, name) == 1 else { throw sendFailure(at: site) }
        return try collectResults(at: site)
    }
}
