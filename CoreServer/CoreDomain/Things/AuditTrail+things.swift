extension AuditTrail {
    func created(_ thing: some Thing) throws {
        try note("\(type(of: thing).noun).create", thing.target, after: thing.json)
    }

    func changed<Changed: Thing>(_ before: Changed, to after: Changed) throws {
        try note(
            "\(Changed.noun).update",
            before.target,
            before: before.json,
            after: after.json
        )
    }

    func deleted(_ thing: some Thing) throws {
        try note("\(type(of: thing).noun).delete", thing.target, before: thing.json)
    }
}
