// swift-tools-version: 6.2
import PackageDescription

/// Every target of this package, its folder, and what it may import.
///
/// The manifest is the architecture: arrows only point down, `Shared` is seen by both sides, and
/// ship and shore never see each other (only tests and benchmarks do). `Tests/TidyTests` holds the
/// sources to this table.
let package = Package(
    name: "hawser",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "core-server", targets: ["CoreServer"]),
        .executable(name: "hawser", targets: ["Hawser"]),
        .executable(name: "ship-agent", targets: ["ShipAgent"]),
        .executable(name: "fleet-sim", targets: ["FleetSim"]),
        .executable(name: "hawser-bench", targets: ["HawserBench"]),
        .executable(name: "delta-decode", targets: ["DeltaDecode"]),
        // Preloaded into programs by tests.
        .library(name: "hawser-wrong-clock", type: .dynamic, targets: ["WrongClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Shared: what ship and shore must agree on, byte for byte.
        .c("CZstd", in: "Shared/CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        .c("CSnappy", in: "Shared/CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
        .swift("FleetModel", in: "Shared/FleetModel"),
        .swift("FleetSeries", in: "Shared/FleetSeries", uses: ["FleetModel", "CZstd", "CSnappy"]),
        .swift(
            "FleetProtocol",
            in: "Shared/FleetProtocol",
            uses: ["FleetModel", "FleetSeries"]
        ),
        .swift(
            "FleetIdentity",
            in: "Shared/FleetIdentity",
            uses: ["FleetModel", .crypto, .x509, .asn1]
        ),
        .swift("FleetDelta", in: "Shared/FleetDelta", uses: [.crypto]),
        .swift(
            "FleetDeploy",
            in: "Shared/FleetDeploy",
            uses: ["FleetModel", "FleetSeries", "FleetIdentity", .crypto]
        ),
        .swift(
            "FleetRuntime",
            in: "Shared/FleetRuntime",
            uses: ["FleetModel", .arguments, .lifecycle, .logging, .yams]
        ),

        // CoreServer: the shore.
        .c("CPostgres", in: "CoreServer/CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        .swift(
            "CorePostgres",
            in: "CoreServer/CorePostgres",
            uses: ["FleetModel", "FleetRuntime", "CPostgres", .lifecycle, .logging]
        ),
        .swift("CoreMigrations", in: "Migrations", resources: [.embedInCode("SQL")]),
        .swift(
            "CoreAudit",
            in: "CoreServer/CoreAudit",
            uses: ["FleetModel", "FleetRuntime", .crypto]
        ),
        .swift(
            "CoreDomain",
            in: "CoreServer/CoreDomain",
            uses: [
                "FleetModel", "FleetSeries", "FleetIdentity", "FleetProtocol", "FleetRuntime",
                "CorePostgres", "CoreAudit", .crypto, .cryptoExtras, .lifecycle, .logging,
            ]
        ),
        .swift(
            "CoreRegistry",
            in: "CoreServer/CoreRegistry",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "CorePostgres", "CoreDomain",
                .crypto, .lifecycle, .logging,
            ]
        ),
        .swift(
            "CoreDeploy",
            in: "CoreServer/CoreDeploy",
            uses: [
                "FleetModel", "FleetDelta", "FleetDeploy", "FleetIdentity", "FleetProtocol",
                "FleetRuntime", "CorePostgres", "CoreDomain", "CoreRegistry", .crypto,
            ]
        ),
        .swift(
            "CoreHTTP",
            in: "CoreServer/CoreHTTP",
            uses: [
                "FleetModel", "FleetProtocol", "FleetIdentity", "FleetRuntime", "CoreAudit",
                "CoreDomain", "CoreRegistry", "CoreDeploy", "FleetDeploy", .hummingbird,
                .hummingbirdCore, .hummingbirdTLS, .mustache, .httpTypes, .logging,
                .nioCore, .nioHTTP1, .nioHTTPTypes, .nioSSL,
            ]
        ),
        .swift(
            "CoreSync",
            in: "CoreServer/CoreSync",
            uses: [
                "FleetModel", "FleetIdentity", "FleetProtocol", "FleetRuntime", "CoreDomain",
                .lifecycle, .logging, .nioCore, .nioPosix, .nioSSL, .nioTLS,
            ]
        ),
        .executable(
            "CoreServer",
            in: "CoreServer/App",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "CorePostgres", "CoreMigrations",
                "CoreDomain", "CoreRegistry", "CoreDeploy", "CoreHTTP", "CoreSync", "FleetDeploy",
                .arguments, .httpClient, .lifecycle, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL, .unixSignals,
            ]
        ),
        .executable(
            "Hawser",
            in: "CoreServer/CLI",
            uses: [
                "FleetIdentity", "FleetRuntime", "CoreAudit", .arguments, .crypto, .httpClient,
                .nioCore, .nioHTTP1, .nioSSL,
            ]
        ),

        // ShipAgent: the ship.
        .c("CLzma", in: "ShipAgent/CLzma", pkgConfig: "liblzma", apt: "liblzma-dev"),
        .swift(
            "ShipStore",
            in: "ShipAgent/ShipStore",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                .grdb, .logging,
            ]
        ),
        .swift(
            "ShipDomain",
            in: "ShipAgent/ShipDomain",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetRuntime", "ShipStore", "CLzma",
                "CZstd", .crypto, .lifecycle, .logging,
            ]
        ),
        .swift(
            "ShipLink",
            in: "ShipAgent/ShipLink",
            uses: [
                "FleetModel", "FleetIdentity", "FleetProtocol", "FleetRuntime", "ShipStore",
                "ShipDomain", .httpClient, .lifecycle, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL,
            ]
        ),
        .swift(
            "ShipIntake",
            in: "ShipAgent/ShipIntake",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "FleetSeries", "ShipStore",
                "ShipDomain", .crypto, .lifecycle, .logging, .nioCore, .nioHTTP1, .nioPosix,
            ]
        ),
        .swift(
            "ShipDeploy",
            in: "ShipAgent/ShipDeploy",
            uses: [
                "FleetModel", "FleetIdentity", "FleetProtocol", "FleetRuntime", "FleetDelta",
                "FleetDeploy", "FleetSeries", "ShipStore", "ShipDomain",
                .crypto, .lifecycle, .logging,
            ]
        ),
        .executable(
            "ShipAgent",
            in: "ShipAgent/App",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "FleetDeploy", "ShipStore",
                "ShipDeploy", "ShipDomain",
                "ShipIntake", "ShipLink", .arguments, .lifecycle, .logging, .unixSignals,
            ]
        ),

        // Tests: the only place where both sides meet.
        .swift(
            "FleetTestSupport",
            in: "Tests/Support",
            uses: ["FleetModel", "FleetRuntime", .nioCore, .nioPosix]
        ),
        .swift(
            "ShipTestSupport",
            in: "Tests/ShipSupport",
            uses: ["FleetModel", "FleetSeries", "FleetRuntime", "ShipStore", "FleetTestSupport"]
        ),
        .swift(
            "CoreTestSupport",
            in: "Tests/CoreSupport",
            uses: [
                "FleetTestSupport", "FleetModel", "FleetRuntime", "CorePostgres", "CoreMigrations",
                .logging,
            ]
        ),
        .executable(
            "FleetSim",
            in: "Tests/FleetSim",
            uses: ["FleetRuntime", "FleetTestSupport", .arguments]
        ),
        .executable(
            "DeltaDecode",
            in: "Tests/DeltaDecode",
            uses: ["FleetDelta", "FleetRuntime", .arguments]
        ),
        .swift(
            "RolloutSimulation",
            in: "Tests/RolloutSimulation",
            uses: ["FleetModel", "FleetDeploy", "CoreDeploy", "FleetTestSupport"]
        ),
        .executable(
            "HawserBench",
            in: "Tests/Benchmarks",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                "FleetDelta", "CorePostgres", "CoreAudit", "CoreDomain", "CoreDeploy", "ShipDomain",
                "CoreTestSupport", "RolloutSimulation",
                "FleetTestSupport", "CZstd", .arguments, .httpClient, .hummingbird, .hummingbirdTLS,
                .logging, .nioCore,
                .nioHTTP1, .nioPosix, .nioSSL,
            ]
        ),
        .tests("FleetModelTests", uses: ["FleetModel", "FleetTestSupport"]),
        .tests(
            "FleetDeployTests",
            uses: ["FleetModel", "FleetIdentity", "FleetDeploy", "FleetTestSupport", .crypto]
        ),
        .tests("FleetSeriesTests", uses: ["FleetModel", "FleetSeries", "FleetTestSupport"]),
        .tests(
            "FleetDeltaTests",
            uses: ["FleetDelta", "FleetRuntime", "FleetTestSupport", "DeltaDecode"]
        ),
        .tests(
            "FleetProtocolTests",
            uses: ["FleetModel", "FleetSeries", "FleetProtocol", "FleetTestSupport"]
        ),
        .tests(
            "FleetIdentityTests",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "FleetTestSupport", .x509, .crypto,
            ]
        ),
        .tests(
            "FleetRuntimeTests",
            uses: ["FleetModel", "FleetRuntime", "FleetTestSupport", .lifecycle, .logging]
        ),
        .tests(
            "CorePostgresTests",
            uses: [
                "FleetModel", "FleetRuntime", "CorePostgres", "CoreMigrations", "CoreDomain",
                "CoreRegistry", "CoreDeploy", "CoreTestSupport", .logging,
            ]
        ),
        .tests(
            "CoreDomainTests",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                "CorePostgres", "CoreAudit", "CoreDomain", "CoreTestSupport", "ShipStore",
                "ShipDomain", "FleetTestSupport", "ShipTestSupport", .crypto, .logging,
            ]
        ),
        .tests(
            "CoreRegistryTests",
            uses: [
                "FleetModel", "FleetRuntime", "CorePostgres", "CoreAudit", "CoreDomain",
                "CoreRegistry",
                "CoreTestSupport", "FleetTestSupport", .crypto, .logging,
            ]
        ),
        .tests(
            "CoreDeployTests",
            uses: [
                "FleetModel", "FleetDelta", "FleetDeploy", "FleetProtocol", "FleetRuntime",
                "FleetSeries", "CorePostgres", "CoreDomain", "CoreRegistry", "CoreDeploy",
                "RolloutSimulation", "ShipStore", "ShipDomain", "ShipDeploy",
                "CoreTestSupport", "FleetTestSupport", .crypto, .logging,
            ]
        ),
        .tests(
            "CoreHTTPTests",
            uses: ["FleetModel", "CoreDomain", "CoreHTTP", "FleetTestSupport"]
        ),
        .tests(
            "ShipStoreTests",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                "ShipStore", "FleetTestSupport", "ShipTestSupport", .grdb, .logging,
            ]
        ),
        .tests(
            "ShipDeployTests",
            uses: [
                "FleetModel", "FleetProtocol", "FleetIdentity", "FleetRuntime", "FleetDelta",
                "FleetDeploy", "FleetSeries", "ShipStore", "ShipDomain", "ShipDeploy",
                "FleetTestSupport",
                "ShipTestSupport", .crypto, .logging,
            ]
        ),
        .tests(
            "ShipDomainTests",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetRuntime", "ShipStore",
                "ShipDomain", "CLzma", "CZstd", "FleetTestSupport", "ShipTestSupport", .lifecycle,
                .logging,
            ]
        ),
        .tests(
            "ShipIntakeTests",
            uses: [
                "FleetModel", "FleetIdentity", "FleetRuntime", "ShipStore", "ShipDomain",
                "ShipIntake", "FleetSeries", "FleetTestSupport", .crypto, .lifecycle, .logging,
                .nioCore,
                .nioHTTP1, .nioPosix,
            ]
        ),
        .target(name: "WrongClock", path: "Tests/WrongClock"),
        .tests(
            "EndToEndTests",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                "CorePostgres", "CoreDomain", "ShipStore", "ShipDomain", "FleetTestSupport",
                "CoreTestSupport", .logging, .nioCore, .nioPosix, .nioSSL,
            ]
        ),
        .tests(
            "ShoreTests",
            uses: [
                "FleetModel", "FleetSeries", "FleetProtocol", "FleetIdentity", "FleetRuntime",
                "CorePostgres", "CoreMigrations", "CoreDomain", "CoreRegistry",
                "FleetTestSupport", "CoreTestSupport", "CoreServer", "ShipAgent", .crypto, .logging,
                .nioCore, .nioPosix, .nioSSL,
            ]
        ),
        .tests("TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)

// The one place where compiler strictness is set, so that no target can forget it.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

// Codecs work through millions of bytes in the tests, ten times as long when nothing is optimised. All
// checks of bounds and overflow stay.
for target in package.targets
where ["FleetDelta", "FleetModel", "FleetSeries", "FleetProtocol"].contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
}

extension Target.Dependency {
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let yams = product(name: "Yams", package: "Yams")
}

extension Target {
    static func swift(
        _ name: String,
        in path: String,
        uses dependencies: [Target.Dependency] = [],
        resources: [Resource]? = nil
    ) -> Target {
        .target(
            name: name,
            dependencies: dependencies,
            path: path,
            exclude: notes(in: path),
            resources: resources
        )
    }

    static func executable(
        _ name: String,
        in path: String,
        uses dependencies: [Target.Dependency]
    ) -> Target {
        .executableTarget(
            name: name,
            dependencies: dependencies,
            path: path,
            exclude: notes(in: path)
        )
    }

    static func tests(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
        .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)")
    }

    static func c(_ name: String, in path: String, pkgConfig: String, apt: String) -> Target {
        .systemLibrary(name: name, path: path, pkgConfig: pkgConfig, providers: [.apt([apt])])
    }

    /// Folders that hold a README beside their sources; the package manager wants to be told.
    private static func notes(in path: String) -> [String] {
        ["Migrations", "Tests/Benchmarks"].contains(path) ? ["README.md"] : []
    }
}
