/// What a connection found out about a table when it first copied into it.
struct CopyPlan {
    struct Column {
        let name: String
        let type: PostgresType
    }

    let columns: [Column]
    /// The temporary table the rows take as their way in: COPY refuses tables with row security.
    let stagingTable: String?
}
