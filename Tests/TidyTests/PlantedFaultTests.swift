import Foundation
import Testing

/// A check that nobody has seen fail is not a check: every rule gets its fault here.
@Suite struct PlantedFaultTests {
    /// A fault, the rule that must find it, and how its finding starts.
    struct Fault: Sendable, CustomTestStringConvertible {
        let rule: Rule
        let path: String
        let text: String
        let finding: String

        init(_ rule: Rule, _ path: String, _ text: String, finding: String = "") {
            self.rule = rule
            self.path = path
            self.text = text
            self.finding = finding.isEmpty ? path : finding
        }

        var testDescription: String { "\(path): \(text.prefix(60))" }
    }

    private static let manifest = """
        let package = Package(
            targets: [
                .c("CPostgres", in: "CoreServer/CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
                .swift("FleetModel", in: "Shared/FleetModel"),
                // .swift("Gone", in: "Shared/FleetModel"),
                .swift(
                    "CorePostgres",
                    in: "CoreServer/CorePostgres",
                    uses: [
                        "FleetModel", "CPostgres",
                        .logging,
                    ]
                ),
                .swift("CoreDomain", in: "CoreServer/CoreDomain", uses: ["CorePostgres", .logging]),
                .executable("CoreServer", in: "CoreServer/App", uses: ["CoreDomain"]),
                .tests("CoreDomainTests", uses: ["CoreDomain"]),
            ]
        )
        static let logging = product(name: "Logging", package: "swift-log")
        static let grdb = product(name: "GRDB", package: "GRDB.swift")
        """

    private static let tidyFiles: [String: String] = [
        "Package.swift": manifest,
        ".gitignore": ".build/\nPackage.resolved\n*.pyc\n",
        "Package.resolved": "ignored",
        ".build/Utils.swift": "ignored",
        "README.md": "# Hawser\n",
        "Shared/FleetModel/Lane.swift": "package enum Lane {}\n",
        "CoreServer/CorePostgres/Row.swift": "import CPostgres\nimport Logging\nstruct Row {}\n",
        "CoreServer/CoreDomain/Ships/ShipQueries.swift": "enum ShipQueries {}\n",
        "CoreServer/CoreDomain/Ships/Ships.swift":
            "import CorePostgres\n// ShipQueries.all\nstruct Ships { let all = ShipQueries.self }\n",
        "CoreServer/CoreDomain/Ships/Ships+list.swift":
            "@preconcurrency import Logging\nextension Ships {\n    func fingerprint() {}\n}\n",
        "CoreServer/App/CoreServerApp.swift": "@main struct CoreServerApp { let x = print(1) }\n",
        "Tests/CoreDomainTests/ShipsTests.swift":
            "import CoreDomain\nstruct ShipsTests { let x = ShipQueries.self }\n",
    ]

    /// Writes the tidy repository with `files` added to it, and reads it back.
    private func repository(adding files: [String: String] = [:]) throws -> Repository {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "hawser-tidy-\(UInt64.random(in: 0...(.max)))")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in Self.tidyFiles.merging(files, uniquingKeysWith: { $1 }) {
            let url = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        return Repository(root: root)
    }

    @Test(arguments: Rule.all)
    func `a tidy repository has no findings`(rule: Rule) throws {
        #expect(rule.findings(try repository()) == [])
    }

    @Test func `the manifest is understood in all its forms`() throws {
        let manifest = try repository().manifest

        #expect(manifest.targets.count == 6)
        #expect(
            manifest.target(named: "CorePostgres")?.uses == ["FleetModel", "CPostgres", "Logging"]
        )
        #expect(manifest.target(named: "CoreDomainTests")?.folder == "Tests/CoreDomainTests")
        #expect(manifest.target(of: "CoreServer/App/X.swift")?.name == "CoreServer")
    }

    private static let faults: [Fault] = [
        Fault(.importsAreDeclared, "Shared/FleetModel/A.swift", "import Logging\nenum A {}"),
        Fault(.importsAreDeclared, "CoreServer/App/A.swift", "enum A {}\nimport CorePostgres"),
        Fault(.importsAreDeclared, "CoreServer/App/A.swift", "package import CorePostgres"),
        Fault(.importsAreDeclared, "CoreServer/App/A.swift", "import struct FleetModel.Lane"),
        Fault(.importsAreDeclared, "CoreServer/App/A.swift", "@preconcurrency import CPostgres"),
        Fault(.importsAreDeclared, "CoreServer/App/A.swift", "@_spi(X) private import CPostgres"),
        Fault(.outsideModulesStayHome, "CoreServer/CoreDomain/A.swift", "import CPostgres"),
        Fault(.outsideModulesStayHome, "CoreServer/CoreDomain/A.swift", "import GRDB"),
        Fault(.outsideModulesStayHome, "CoreServer/CoreDomain/A.swift", "import HummingbirdTLS"),
        Fault(.outsideModulesStayHome, "CoreServer/CoreDomain/A.swift", "import X509"),
        Fault(.outsideModulesStayHome, "CoreServer/CoreDomain/A.swift", "import AsyncHTTPClient"),
        Fault(.foundationStaysAshore, "Shared/FleetModel/A.swift", "import Foundation"),
        Fault(.foundationStaysAshore, "Shared/FleetModel/A.swift", "import struct Foundation.Date"),
        Fault(.foundationStaysAshore, "ShipAgent/ShipStore/A.swift", "import FoundationNetworking"),
        Fault(
            .queriesStayInTheirFeature,
            "CoreServer/CoreDomain/Tenants/A.swift",
            "let all = ShipQueries.self"
        ),
        Fault(
            .queriesStayInTheirFeature,
            "CoreServer/App/A.swift",
            "f(ShipQueries)  // why not"
        ),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "    Task.detached { }"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "nonisolated(unsafe) var x = 1"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "let x = 1  // FIXME: two"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "/// TODO"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "// XXX"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "let x = try! f()"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "let x = y as! Int"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "default: fatalError(\"no\")"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "print(1)"),
        Fault(.bannedText, "Shared/FleetModel/A.swift", "String(format: \"%d\", 1)"),
        Fault(
            .uncheckedSendableIsProven,
            "Shared/FleetModel/A.swift",
            "// Proof.\n\nfinal class A: @unchecked Sendable {}",
            finding: "Shared/FleetModel/A.swift:3:"
        ),
        Fault(
            .filesAreShort,
            "Shared/FleetModel/A.swift",
            String(repeating: "\n", count: 601)
        ),
        Fault(.namesSaySomething, "Shared/FleetModel/Utils.swift", "enum Utils {}"),
        Fault(.namesSaySomething, "Shared/FleetModel/StringHelpers.swift", "enum StringHelpers {}"),
        Fault(.namesSaySomething, "Shared/FleetModel/Common/A.swift", "enum A {}"),
        Fault(.namesSaySomething, "Tests/CoreDomainTests/Placeholder.swift", "enum Placeholder {}"),
        Fault(.filesAreNamedForTheirType, "Shared/FleetModel/A.swift", "enum B {}\n// enum A"),
        Fault(.filesAreNamedForTheirType, "Shared/FleetModel/A.swift", "enum AB {}"),
        Fault(.filesAreNamedForTheirType, "Shared/FleetModel/A+b.swift", "extension B {}"),
        Fault(.topLevelIsTheAgreedOne, "Scripts/x.sh", "true", finding: "Scripts:"),
        Fault(.topLevelIsTheAgreedOne, "Makefile", "all:", finding: "Makefile:"),
        Fault(.noWorkplaceIsMentioned, "README.md", "see \("/")work/main/x"),
        Fault(.noWorkplaceIsMentioned, "Deploy/a.yaml", "a: [\"\("/")root/.swiftpm\"]"),
        Fault(.noWorkplaceIsMentioned, "Deploy/a.yaml", "x\ny: ..\("/")shared/design"),
    ]

    @Test(arguments: faults)
    func `a planted fault is found`(fault: Fault) throws {
        let findings = fault.rule.findings(try repository(adding: [fault.path: fault.text]))

        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix(fault.finding) == true)
    }

    /// What looks like a fault and is none.
    @Test(arguments: [
        "/// Never use try! or print( here.\npackage enum A {}",
        "let url = \"https://example.com/work/x\"\nenum A {}",
        "mkdtemp(\"/tmp/x-XXXXXX\")\nenum A {}",
        "debugPrint(1)\nfingerprint(2)\nenum A {}",
        "// Safe: `value` never changes.\nfinal class A: @unchecked Sendable {}",
        "import FoundationEssentials\nindirect enum A: Sendable {}",
        "extension FleetModel.A: Sendable {}",
    ])
    func `what only looks like a fault is left alone`(text: String) throws {
        let repository = try repository(adding: ["Shared/FleetModel/A.swift": text])

        #expect(Rule.all.flatMap { $0.findings(repository) } == [])
    }
}
