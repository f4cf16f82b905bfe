extension Rule {
    /// The build accepts an import of whatever happens to be built, so the table needs a guard.
    static let importsAreDeclared = Rule(
        sentence: "every import is declared in the manifest's table"
    ) { repository in
        let own = Set(repository.manifest.targets.map(\.name))
        let known = own.union(repository.manifest.products)
        return imports(in: repository) { file, module in
            guard let name = file.target, known.contains(module),
                let target = repository.manifest.target(named: name),
                !target.uses.contains(module)
            else { return nil }
            return "\(name) may not import \(module): Package.swift does not say so"
        }
    }

    /// A dependency that one target needs is that target's business.
    static let outsideModulesStayHome = Rule(
        sentence: "outside packages stay where their reason is"
    ) { repository in
        imports(in: repository) { file, module in
            guard let homes = outsideHomes[module], let target = file.target,
                !homes.contains(target)
            else { return nil }
            return "\(module) belongs in \(homes.joined(separator: ", "))"
        }
    }

    /// Foundation brings 50 MB of ICU tables aboard, and its own ideas of time.
    static let foundationStaysAshore = Rule(
        sentence: "Foundation is neither in Shared nor in the ship's domain and store"
    ) { repository in
        let folders = [
            "Shared/", "ShipAgent/ShipDeploy/", "ShipAgent/ShipDomain/", "ShipAgent/ShipStore/",
        ]
        return imports(in: repository) { file, module in
            guard folders.contains(where: file.path.hasPrefix), module.hasPrefix("Foundation"),
                module != "FoundationEssentials"
            else { return nil }
            return "use FoundationEssentials, or better nothing of it"
        }
    }

    private static let outsideHomes: [String: [String]] = [
        "AsyncHTTPClient": ["ShipLink", "CoreServer", "Hawser", "HawserBench"],
        "CPostgres": ["CorePostgres"],
        "GRDB": ["ShipStore", "ShipStoreTests"],
        "Hummingbird": ["CoreHTTP", "HawserBench"],
        "HummingbirdCore": ["CoreHTTP"],
        "HummingbirdTLS": ["CoreHTTP", "HawserBench"],
        "X509": ["FleetIdentity", "FleetIdentityTests"],
        "Yams": ["FleetRuntime"],
    ]

    private static func imports(
        in repository: Repository,
        judge: (TextFile, String) -> String?
    ) -> [String] {
        // Attributes and access levels stand before, the kind of the one imported thing after.
        let pattern = /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:[a-z]\w*\s+)?(\w+)/
        return repository.sources.flatMap { file in
            file.code.compactMap { number, line in
                guard line.names("import"), let match = line.firstMatch(of: pattern) else {
                    return nil
                }
                return judge(file, String(match.1)).map { file.finding(number, $0) }
            }
        }
    }
}
