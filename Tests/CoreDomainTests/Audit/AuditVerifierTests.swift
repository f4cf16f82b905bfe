import CoreAudit
import CoreDomain
import FleetModel
import FleetTestSupport
import Testing

/// What a superuser of the database does to the audit, and what an export shows of it.
@Suite(.timeLimit(.minutes(10)))
struct AuditVerifierTests {
    /// An entry's hash as PostgreSQL makes it, by the description of it alone.
    private static let hash = """
        sha256(
            previous_hash || int8send(tenant_id) || int8send(sequence)
            || int8send((extract(epoch FROM at) * 1000)::bigint) || int8send(grants_revision)
            || int4send(octet_length(actor)) || convert_to(actor, 'UTF8')
            || int4send(octet_length(action)) || convert_to(action, 'UTF8')
            || int4send(octet_length(target)) || convert_to(target, 'UTF8')
            || int4send(octet_length(before)) || convert_to(before, 'UTF8')
            || int4send(octet_length(after)) || convert_to(after, 'UTF8')
            || int4send(octet_length(reason)) || convert_to(reason, 'UTF8')
            || int4send(octet_length(request_id)) || convert_to(request_id, 'UTF8')
        )
        """

    /// Hashes everything from an entry on anew, as who covers traces does.
    private static func rehash(from first: Int) -> String {
        """
        DO $$
        DECLARE entry record; last bytea;
        BEGIN
            SELECT hash INTO last FROM hawser.audit_entries WHERE sequence = \(first) - 1;
            FOR entry IN
                SELECT sequence FROM hawser.audit_entries WHERE sequence >= \(first) ORDER BY sequence
            LOOP
                UPDATE hawser.audit_entries SET previous_hash = last WHERE sequence = entry.sequence;
                UPDATE hawser.audit_entries SET hash = \(hash) WHERE sequence = entry.sequence
                    RETURNING hash INTO last;
            END LOOP;
            UPDATE hawser.audit_heads SET hash = last,
                sequence = (SELECT max(sequence) FROM hawser.audit_entries);
        END
        $$
        """
    }

    @Test func `a hash made from its description is the one that was stored`() async throws {
        try await withShore { shore in
            _ = try await Audited(shore)
            let same = "SELECT count(*) FROM hawser.audit_entries WHERE hash = \(Self.hash)"
            #expect(try await shore.number(same) == Audited.entries)
        }
    }

    @Test(arguments: [
        // Each column by itself.
        ("UPDATE hawser.audit_entries SET actor = 'nobody' WHERE sequence = 4", 4),
        ("UPDATE hawser.audit_entries SET action = 'ship.creatf' WHERE sequence = 5", 5),
        ("UPDATE hawser.audit_entries SET target = '' WHERE sequence = 10", 10),
        ("UPDATE hawser.audit_entries SET before = 'x' WHERE sequence = 1", 1),
        ("UPDATE hawser.audit_entries SET after = after || ' ' WHERE sequence = 6", 6),
        ("UPDATE hawser.audit_entries SET reason = '' WHERE sequence = 7", 7),
        ("UPDATE hawser.audit_entries SET request_id = 'r7' WHERE sequence = 8", 8),
        ("UPDATE hawser.audit_entries SET grants_revision = 1 WHERE sequence = 2", 2),
        ("UPDATE hawser.audit_entries SET at = at + interval '1 ms' WHERE sequence = 3", 3),
        ("UPDATE hawser.audit_entries SET hash = sha256('') WHERE sequence = 4", 4),
        ("UPDATE hawser.audit_entries SET previous_hash = sha256('') WHERE sequence = 4", 4),
        // Text moved from one column to the next.
        (
            "UPDATE hawser.audit_entries SET actor = actor || action, action = '' WHERE sequence = 4",
            4
        ),
        // Deleted: in the middle, at the start, at the end, all.
        ("DELETE FROM hawser.audit_entries WHERE sequence = 5", 5),
        ("DELETE FROM hawser.audit_entries WHERE sequence < 3", 1),
        ("DELETE FROM hawser.audit_entries WHERE sequence >= 9", 9),
        ("DELETE FROM hawser.audit_entries", 1),
        ("TRUNCATE hawser.audit_entries", 1),
        // Moved.
        (
            """
            UPDATE hawser.audit_entries SET sequence = -4 WHERE sequence = 4;
            UPDATE hawser.audit_entries SET sequence = 4 WHERE sequence = 7;
            UPDATE hawser.audit_entries SET sequence = 7 WHERE sequence = -4
            """, 4
        ),
        // Inserted behind the end.
        (
            """
            INSERT INTO hawser.audit_entries SELECT tenant_id, 11, at, actor, action, target, before,
                after, reason, request_id, grants_revision, hash, sha256('')
            FROM hawser.audit_entries WHERE sequence = 10
            """, 11
        ),
        // The head set back, with the seals left, and without what no seal reaches.
        ("DELETE FROM hawser.audit_heads", 1),
        ("DELETE FROM hawser.audit_seals WHERE seal_number = 2", 4),
    ])
    func `what a superuser does is named by its first entry`(sql: String, entry: Int) async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            try await audited.tamper(sql)
            let fault = try await audited.fault()
            #expect(
                fault?.entry == Int64(entry),
                "\(sql): \(fault.map { "\($0)" } ?? "nothing found")"
            )
        }
    }

    @Test func `an entry that was hashed anew does not fit the one behind it`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            try await audited.tamper(
                """
                UPDATE hawser.audit_entries SET actor = 'nobody' WHERE sequence = 4;
                UPDATE hawser.audit_entries SET hash = \(Self.hash) WHERE sequence = 4
                """
            )
            #expect(try await audited.fault()?.entry == 4)
        }
    }

    @Test func `a chain that was hashed anew to its end does not fit its seal`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            try await audited.tamper(
                """
                UPDATE hawser.audit_entries SET actor = 'nobody' WHERE sequence = 4;
                \(Self.rehash(from: 4))
                """
            )
            let fault = try #require(try await audited.fault())
            #expect(fault.entry == 4)
            #expect(fault.reason.contains("entries 4 to 6"))
        }
    }

    @Test func `a tail that was cut off with all its traces shows by a ship's witness`()
        async throws
    {
        try await withShore { shore in
            let audited = try await Audited(shore)
            try await audited.tamper(
                """
                DELETE FROM hawser.audit_entries WHERE sequence > 6;
                DELETE FROM hawser.audit_seals WHERE seal_number = 3;
                UPDATE hawser.audit_heads SET sequence = 6,
                    hash = (SELECT hash FROM hawser.audit_entries WHERE sequence = 6)
                """
            )
            #expect(try await audited.fault() == nil)
            let fault = try #require(try await audited.fault(witnesses: [audited.witness]))
            #expect(fault.entry == 7)
            #expect(fault.reason.contains("aurora witnessed seal 3 over entries to 9"))
        }
    }

    @Test func `a witness that nobody signed proves nothing`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            let forged = AuditWitness(
                seal: 9,
                last: 99,
                hash: audited.witness.hash,
                signature: audited.witness.signature
            )
            let fault = try #require(try await audited.fault(witnesses: [forged]))
            #expect(fault.entry == nil)
            #expect(fault.reason.contains("not signed by this installation"))
        }
    }

    /// What is not evidence: in the header the tenant's name, the export's time, and the keys, where those
    /// that count were told on another way.
    private static func free(_ whole: [UInt8]) -> [Range<Int>]? {
        let text = String(decoding: whole, as: UTF8.self)
        var ranges: [Range<Int>] = []
        for pattern in [
            /"name":"([^"]*)"/, /("exported_at":[0-9]+)/, /"keys":\[([^\]]*)\]/,
        ] {
            for match in text.matches(of: pattern) {
                let start = text.utf8.distance(
                    from: text.startIndex,
                    to: match.output.1.startIndex
                )
                ranges.append(start..<(start + match.output.1.utf8.count))
            }
        }
        return ranges
    }

    private static func surroundings(_ place: Int, _ whole: [UInt8]) -> String {
        String(decoding: whole[max(0, place - 30)..<min(whole.count, place + 30)], as: UTF8.self)
    }

    @Test func `any one byte of an export that is changed, or behind which it is cut, is noticed`()
        async throws
    {
        try await withShore { shore in
            let audited = try await Audited(shore, entries: 3)
            let whole = try await audited.lines()
            #expect(try await audited.fault(in: whole) == nil)
            // Cut behind any byte, and any one byte changed: every one of them, whatever it stands for.
            let free = try #require(Self.free(whole))
            for place in 0..<(whole.count - 1) {
                if try await audited.fault(in: Array(whole[..<place])) == nil {
                    Issue.record("cut behind byte \(place)")
                }
                var changed = whole
                changed[place] ^= 1
                if try await audited.fault(in: changed) == nil,
                    !free.contains(where: { $0 ~= place })
                {
                    Issue.record("byte \(place) changed: \(Self.surroundings(place, whole))")
                }
            }
        }
    }

    @Test func `a file whose lines were swapped, doubled or added to is refused`() async throws {
        try await withShore { shore in
            let audited = try await Audited(shore)
            let whole = try await audited.lines()
            let lines = whole.split(separator: 0x0A).map { Array($0) + [0x0A] }
            let entries = lines.indices.filter { lines[$0].starts(with: Array("{\"entry".utf8)) }
            let swapped = try await audited.fault { _ in
                var lines = lines
                lines.swapAt(entries[3], entries[4])
                return Array(lines.joined())
            }
            #expect(swapped?.entry == 4)
            let doubled = try await audited.fault { _ in
                var lines = lines
                lines.insert(lines[entries[6]], at: entries[6])
                return Array(lines.joined())
            }
            #expect(doubled?.entry == 8)
            let extended = try await audited.fault { $0 + lines[entries[9]] }
            #expect(extended?.entry == 11)
        }
    }
}
