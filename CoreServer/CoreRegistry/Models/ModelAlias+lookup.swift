import CorePostgres
import FleetModel

extension ModelAlias {
    /// Asks which version a model's alias points at.
    struct Lookup: Sendable, Hashable {
        let model: String
        let alias: String

        /// What each of them finds; who asks for the same is answered with the same.
        static func find(
            _ lookups: [Lookup],
            of tenant: TenantID,
            _ connection: PostgresConnection
        ) throws -> [Result<ModelVersion, any Error>] {
            let wanted = Array(Set(lookups))
            var found: [Lookup: Result<ModelVersion, any Error>] = [:]
            for row in try connection.execute(
                ModelVersionQueries.byAlias,
                .int64(tenant.rawValue),
                .textArray(wanted.map(\.model)),
                .textArray(wanted.map(\.alias))
            ) {
                let lookup = wanted[Int(try row.int64("place")) - 1]
                found[lookup] = .success(try ModelVersion(row))
            }
            for lookup in wanted where found[lookup] == nil {
                found[lookup] = .failure(try lookup.absence(tenant, connection))
            }
            return lookups.map { found[$0] ?? .failure(RegisteredModel.none($0.model)) }
        }

        /// Which of the two there is not: clients tell them apart.
        private func absence(
            _ tenant: TenantID,
            _ connection: PostgresConnection
        ) throws -> RegistryError {
            do {
                _ = try RegisteredModels.find(model, of: tenant, connection)
            } catch let error as RegistryError {
                return error
            }
            return .invalid("Registered model alias \(alias) not found.")
        }
    }
}
