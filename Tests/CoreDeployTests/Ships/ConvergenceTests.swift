import CoreDeploy
import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetRuntime
import FleetTestSupport
import ShipDeploy
import Testing

/// A real ship's side and the real shore's, with months between two contacts, or with a shore that has lost
/// months.
@Suite(.timeLimit(.minutes(10)))
struct ConvergenceTests {
    private struct Fleet {
        let shore: DeployShore
        let ship: RealShip
        let shelf: VersionShelf
        let calendar: Calendar

        func release(_ ring: DirectiveKeyring) -> Release {
            Release(pool: shore.pool, keys: ring, supply: shelf, clock: calendar.shore)
        }

        func act() -> Act { shore.planner(after: calendar.now - DeployShore.now) }

        func step() async throws {
            try await DeploymentSteps(
                pool: shore.pool,
                clock: calendar.shore,
                prepare: { _ in .ready }
            ).step(shore.tenant)
        }

        /// Planned, started, its only wave open.
        func deploy(_ version: Int) async throws -> Deployment {
            let made = try await shore.deployments.plan(
                try DeployShore.request(
                    version: version,
                    name: "version-\(version)-\(calendar.now.milliseconds)",
                    waves: [.object(["name": .string("all")])],
                    [
                        "failure": .object([
                            "minimum": .integer(1), "quorum": .decimal(0.5),
                            "soak_seconds": .integer(0),
                        ]),
                        "contract": .object([
                            "soak_seconds": .integer(10), "dead_man_seconds": .integer(600),
                        ]),
                    ]
                ),
                act()
            )
            #expect(made.digest == shelf.digests[version - 1].description)
            _ = try await shore.deployments.start(made.id, act())
            for _ in 0..<3 { try await step() }
            return made
        }

        func state(_ deployment: Deployment) async throws -> String? {
            try await shore.texts(
                """
                SELECT state AS value FROM hawser.deployment_ships
                WHERE deployment_id = \(deployment.id)
                """
            ).first
        }
    }

    private static func withFleet(
        versions: Int,
        _ body: (Fleet) async throws -> Void
    ) async throws {
        try await DeployShore.lend { shore in
            try await withTemporaryDirectory { folder in
                let calendar = Calendar()
                try await shore.addShips(1)
                for version in 1...versions { try await shore.addVersion(version, size: 1) }
                let identity = ShipIdentity(tenant: shore.tenant, ship: ShipID(1))
                try await body(
                    Fleet(
                        shore: shore,
                        ship: try RealShip(folder + "/ship", identity, calendar),
                        shelf: try VersionShelf(folder, count: versions),
                        calendar: calendar
                    )
                )
            }
        }
    }

    @Test func `a shore restored from an old backup brings no ship back, and goes on`()
        async throws
    {
        try await Self.withFleet(versions: 4) { fleet in
            let (ship, pool) = (fleet.ship, fleet.shore.pool)
            let release = fleet.release(DirectiveKeyring(DirectiveKey()))
            let first = try await fleet.deploy(1)
            try await ship.meet(release, pool)
            #expect(try await ship.current() == fleet.shelf.digests[0])
            #expect(try await fleet.state(first) == "succeeded")
            try await fleet.step()
            // Planned on what ran then, and on its way when the backup is made.
            let second = try await fleet.deploy(2)
            try await fleet.shore.backUp()
            try await ship.meet(release, pool)
            try await fleet.step()
            fleet.calendar.pass(.seconds(30 * 86_400))
            _ = try await fleet.deploy(3)
            try await ship.meet(release, pool)
            #expect(try await ship.current() == fleet.shelf.digests[2])
            let counter = try await ship.book().counter
            try await fleet.shore.restore()
            for _ in 0..<3 {
                fleet.calendar.pass(.seconds(86_400))
                try await ship.meet(release, pool)
                try await fleet.step()
            }
            #expect(try await ship.current() == fleet.shelf.digests[2], "it runs what it ran")
            #expect(try await fleet.state(second) == "inconclusive")
            #expect(try await ship.book().counter == counter, "it was asked for nothing")
            _ = try await fleet.shore.deployments.abort(
                second.id,
                severity: .stopStaging,
                fleet.act()
            )
            try await fleet.step()
            let fourth = try await fleet.deploy(4)
            try await ship.meet(release, pool)
            #expect(try await ship.current() == fleet.shelf.digests[3])
            #expect(try await fleet.state(fourth) == "succeeded")
            #expect(try await ship.book().counter > counter)
        }
    }

    @Test func `a ship that was silent for ninety days gets what holds now, whoever signs by then`()
        async throws
    {
        try await Self.withFleet(versions: 3) { fleet in
            let (ship, pool) = (fleet.ship, fleet.shore.pool)
            let (old, middle, new) = (DirectiveKey(), DirectiveKey(), DirectiveKey())
            _ = try await fleet.deploy(1)
            try await ship.meet(fleet.release(DirectiveKeyring(old)), pool)
            #expect(try await ship.current() == fleet.shelf.digests[0])
            try await fleet.step()
            // It is silent from here on. A version comes and is stopped, another one takes its place, and
            // the key changes twice, without anybody doing anything for this ship.
            let second = try await fleet.deploy(2)
            fleet.calendar.pass(.seconds(30 * 86_400))
            _ = try await fleet.shore.deployments.abort(
                second.id,
                severity: .rollBackNow,
                fleet.act()
            )
            for _ in 0..<3 { try await fleet.step() }
            let third = try await fleet.deploy(3)
            fleet.calendar.pass(.seconds(60 * 86_400))
            let ring = DirectiveKeyring(
                new,
                former: [middle, old],
                distrusted: [old.id, middle.id]
            )
            try await ship.meet(fleet.release(ring), pool)
            try await ship.meet(fleet.release(ring), pool)
            #expect(try await ship.current() == fleet.shelf.digests[2])
            #expect(try await fleet.state(third) == "succeeded")
            #expect(try await ship.book().keys == [new.publicKey], "and nobody else's orders count")
        }
    }

    @Test func `keys that a restored shore has forgotten are found again by what ships refuse`()
        async throws
    {
        try await Self.withFleet(versions: 2) { fleet in
            let (ship, pool) = (fleet.ship, fleet.shore.pool)
            let (old, new) = (DirectiveKey(), DirectiveKey())
            _ = try await fleet.deploy(1)
            try await ship.meet(fleet.release(DirectiveKeyring(old)), pool)
            try await fleet.step()
            try await fleet.shore.backUp()
            let ring = DirectiveKeyring(new, former: [old], distrusted: [old.id])
            for _ in 0..<2 { try await ship.meet(fleet.release(ring), pool) }
            #expect(try await ship.book().keys == [new.publicKey])
            // By the backup the ship obeys the old key. The keys themselves are in another folder.
            try await fleet.shore.restore()
            let second = try await fleet.deploy(2)
            try await ship.meet(fleet.release(ring), pool)
            #expect(try await ship.current() == fleet.shelf.digests[1])
            #expect(try await fleet.state(second) == "succeeded")
        }
    }

    @Test func `a key that no ship knows is no end of the order while there is another`() {
        let (old, middle, new) = (DirectiveKey(), DirectiveKey(), DirectiveKey())
        let ring = DirectiveKeyring(new, former: [middle, old])
        func signer(_ known: [[UInt8]: Bool]) -> [UInt8]? { ring.signer(for: known)?.id }
        #expect(signer([:]) == old.id, "the one that it began with")
        #expect(signer([old.id: false]) == middle.id)
        #expect(signer([old.id: true, middle.id: true]) == middle.id, "the newest that it obeys")
        #expect(signer([old.id: true, new.id: true]) == new.id)
        #expect(signer([old.id: false, middle.id: false, new.id: false]) == nil)
    }

    // MARK: The files

    @Test func `keys are drawn, kept for who has missed the change, and taken back by name`() throws
    {
        try withTemporaryDirectory { folder in
            let directory = folder + "/authority"
            let first = try DirectiveKeyFile.load(directory: directory)
            #expect(first.former.isEmpty)
            #expect(try DirectiveKeyFile.load(directory: directory).current.id == first.current.id)
            let second = try DirectiveKeyFile.rotate(directory: directory)
            let third = try DirectiveKeyFile.rotate(directory: directory)
            #expect(third.former.map(\.id) == [second.current.id, first.current.id])
            #expect(Set([first, second, third].map(\.current.id)).count == 3)
            #expect(throws: DomainError.self) {
                try DirectiveKeyFile.distrust(third.current.id, directory: directory)
            }
            #expect(throws: DomainError.self) {
                try DirectiveKeyFile.distrust(DirectiveKey().id, directory: directory)
            }
            let after = try DirectiveKeyFile.distrust(first.current.id, directory: directory)
            #expect(after.distrusted == [first.current.id])
            for _ in 0..<7 { _ = try DirectiveKeyFile.rotate(directory: directory) }
            #expect(throws: DomainError.self) { try DirectiveKeyFile.rotate(directory: directory) }
            let last = try DirectiveKeyFile.load(directory: directory)
            #expect(last.former.count == 9 && last.former.last?.id == first.current.id)
        }
    }
}
