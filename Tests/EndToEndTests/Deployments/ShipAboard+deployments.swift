import FleetTestSupport
import Foundation

/// Ships with a slot `engine`, whose consumer notes when it is told and whose probe can be made to fail.
extension ShipAboard {
    /// Lends ships in order, each behind the same port.
    static func withFleet<Result>(
        _ names: [String],
        of tenant: String,
        at shore: Shore,
        in folder: String,
        syncPort: Int,
        joined: [ShipAboard] = [],
        _ body: ([ShipAboard]) async throws -> Result
    ) async throws -> Result {
        guard let name = names.first else { return try await body(joined) }
        let data = "\(folder)/\(name)"
        return try await with(
            name,
            of: tenant,
            at: shore,
            data: data,
            syncPort: syncPort,
            settings: slotSettings(data)
        ) { ship in
            try await withFleet(
                Array(names.dropFirst()),
                of: tenant,
                at: shore,
                in: folder,
                syncPort: syncPort,
                joined: joined + [ship],
                body
            )
        }
    }

    private static func slotSettings(_ data: String) -> String {
        """
        slots:
          - name: engine
            command: [/bin/sh, -c, 'echo "$HAWSER_DIGEST" >> \(data)/told']
            probes:
              - name: engine-ok
                command: [/bin/sh, -c, 'test ! -e \(data)/broken || ! grep -q new "$HAWSER_LINK/version"']
        """
    }

    /// From now on the probe is not content with a version that calls itself new.
    func breakEngine() throws {
        try Data().write(to: URL(fileURLWithPath: "\(data)/broken"))
    }

    /// What the slot's consumer reads; `nil` where nothing runs.
    func running(_ file: String) -> [UInt8]? {
        let link = "\(data)/deployments/slots/engine/current/\(file)"
        return (try? Data(contentsOf: URL(fileURLWithPath: link))).map(Array.init)
    }

    /// As `deployments --json` has it.
    func deploymentsText() async throws -> String {
        try await withProcess(
            try Products.path("ship-agent"),
            ["deployments", "--data", data, "--json"]
        ) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError("ship-agent deployments: \(process.standardError)")
            }
            return process.standardOutput
        }
    }
}
