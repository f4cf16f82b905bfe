extension AuditTrail {
    package func created(_ thing: some Thing) throws {
        try note("\(type(of: thing).noun).create", thing.target, after: thing.json)
    }

    package func changed<Changed: Thing>(_ before: Changed, to after: Changed) throws {
        try note(
            "\(Changed.noun).update",
            before.target,
            before: before.json,
            after: after.json
        )
    }

    package func deleted(_ thing: some Thing) throws {
        try note("\(type(of: thing).noun).delete", thing.target, before: thing.json)
    }
}
