import CoreAudit
import CoreDomain
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite struct ServerKeysTests {
    @Test func `what was signed by a key of before stays known, whichever file it was in`()
        throws
    {
        try withTemporaryDirectory { folder in
            // As a server left it that had one key for seals and another for usage.
            let seals = AuditHash(of: [1])
            try AtomicFile.write(text: "\(seals)\n", to: folder + "/audit.pub")
            let first = try ServerKeys(directory: folder, at: Shore.now)
            #expect(first.publicKeys == [seals, first.publicKey])
            let again = try ServerKeys(directory: folder, at: Shore.now)
            #expect(again.publicKeys == first.publicKeys)
            // Another takes its place.
            #expect(unlink(folder + "/sign.key") == 0)
            let second = try ServerKeys(directory: folder, at: Shore.now)
            #expect(second.publicKeys == [seals, first.publicKey, second.publicKey])
            #expect(second.publicKey != first.publicKey)
            // What auditors are given names all of them.
            #expect(try AuditHash.keys(inFile: folder + "/sign.pub") == second.publicKeys)
        }
    }
}
