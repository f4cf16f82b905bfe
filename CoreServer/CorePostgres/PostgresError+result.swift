import CPostgres

extension PostgresError {
    /// Reads a failed result's fields. DETAIL, HINT and CONTEXT are left out: they quote rows.
    init(result: OpaquePointer, wasCancelled: Bool, at site: CallSite) {
        // The field codes are character literals in postgres_ext.h, which Swift does not import.
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let sqlState = field("C")
        self.init(
            Self.code(sqlState: sqlState, function: field("R"), wasCancelled: wasCancelled),
            Self.message(sqlState: sqlState, primary: field("M")),
            sqlState: sqlState,
            constraint: field("n"),
            at: site
        )
    }

    private static func code(
        sqlState: String?,
        function: String?,
        wasCancelled: Bool
    ) -> PostgresErrorCode {
        guard let sqlState else { return .connectionLost }
        switch sqlState {
        case "40001", "40P01": return .serializationFailure
        case "57014": return wasCancelled ? .cancelled : .statementTimeout
        case "26000": return .planOutdated
        // "cached plan must not change result type", told by its function: messages are translated.
        case "0A000" where function == "RevalidateCachedQuery": return .planOutdated
        case _ where sqlState.hasPrefix("23"): return .constraintViolation
        case _ where sqlState.hasPrefix("08"): return .connectionLost
        default: return .rejected
        }
    }

    /// Class 22 (data exceptions) quotes the offending value in its very first sentence.
    private static func message(sqlState: String?, primary: String?) -> String {
        if let sqlState, sqlState.hasPrefix("22") {
            return "PostgreSQL refused a value as malformed or out of range"
        }
        return primary ?? "PostgreSQL gave no reason"
    }
}
