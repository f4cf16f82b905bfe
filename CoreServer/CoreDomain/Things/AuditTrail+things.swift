extension AuditTrail {
    package func created(_ thing: some Thing) throws {
        try note("\(type(of: thing).noun).create", thing.target, after: thing.json)
    }

    /// What was put where there may have been something already.
    package func put<Put: Thing>(_ thing: Put, inPlaceOf before: Put?) throws {
        if let before { try changed(before, to: thing) } else { try created(thing) }
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
