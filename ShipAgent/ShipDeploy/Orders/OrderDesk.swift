import Crypto
import FleetDeploy
import FleetModel
import FleetProtocol
import ShipDomain

/// Where orders and their bytes come in, over whatever way.
package actor OrderDesk: OrderPort {
    /// What brings a directive.
    package enum Way: Sendable {
        /// The connection that the ship's enrolment has proven.
        case link
        /// Anybody's hands.
        case folder
    }

    /// What is being fetched, as the rules allowed it a moment ago: a session asks with every piece.
    private struct Wish {
        let download: Download
        /// By the uptime.
        let until: Int64
    }

    /// Bytes that came and that the day's account does not know yet.
    private static let accountEvery: UInt64 = 1 << 20
    /// Milliseconds for which what the rules said holds.
    private static let wishAge: Int64 = 2000

    private let ship: ShipIdentity
    private let slots: [SlotName: SlotConfiguration]
    private let journal: DeploymentJournal
    private let shelf: Shelf
    private let facts: FactsKeeper
    private let clock: ShipClock
    private let bell: WakeBell
    private let passed: @Sendable (DeployStep) throws -> Void
    private var wished: Wish?
    /// Downloads that this process has looked over, since others may have left them.
    private var vouched: Set<TreeDigest> = []
    private var vouching: Set<TreeDigest> = []
    private var unaccounted: UInt64 = 0
    /// Contents that the shore holds back, and until when by the uptime.
    private var heldBack: [TreeDigest: Int64] = [:]

    package init(
        ship: ShipIdentity,
        slots: [SlotConfiguration],
        tools: SlotKeeper.Tools,
        bell: WakeBell
    ) {
        self.ship = ship
        self.slots = Dictionary(slots.map { ($0.name, $0) }) { first, _ in first }
        journal = tools.journal
        shelf = tools.shelf
        facts = tools.facts
        clock = tools.clock
        passed = tools.passed
        self.bell = bell
    }

    // MARK: Standing

    package func standing() async throws -> OrderStanding {
        let book = try await journal.read()
        return OrderStanding(
            counter: book.counter,
            holdings: Holding.mark(of: Holding.encoded(holdings(book)))
        )
    }

    package func holdings() async throws -> [UInt8] {
        Holding.encoded(holdings(try await journal.read()))
    }

    package nonisolated func changes() -> AsyncStream<Void> { bell.listen() }

    private func holdings(_ book: DeploymentBook) -> [Holding] {
        var holdings: [Holding] = []
        for (name, state) in book.slots.sorted(by: { $0.key < $1.key }) {
            let slot = SlotName(name)
            func add(_ kind: Holding.Kind, _ digest: TreeDigest?) {
                guard let digest else { return }
                holdings.append(Holding(kind: kind, slot: slot, digest: digest))
            }
            add(.current, state.current)
            add(.shadow, state.shadow)
            for digest in [state.task?.before, state.previous, state.older]
            where digest != state.current { add(.previous, digest) }
            if let task = state.task, task.phase == .staged || task.phase == .armed {
                add(.staged, task.digest)
            }
        }
        holdings += book.downloads.map {
            Holding(
                kind: .partial,
                slot: SlotName($0.slot),
                digest: $0.delta,
                bytes: shelf.received($0.delta)
            )
        }
        var seen: Set<Holding> = []
        return Array(holdings.filter { seen.insert($0).inserted }.prefix(Holding.limit))
    }

    package func contacted() async throws {
        wished = nil
        heldBack = [:]
        let book = try await journal.read()
        guard book.slots.values.contains(where: { $0.task?.phase.isBefore == true }) else { return }
        try await journal.change { $0.contact() }
        bell.ring()
    }

    // MARK: Orders

    package func take(_ directive: [UInt8]) async throws -> DirectiveAnswer {
        try await take(directive, over: .link)
    }

    package func take(_ bytes: [UInt8], over way: Way) async throws -> DirectiveAnswer {
        let refusal: DirectiveRefusal?
        do {
            let signed = try SignedDirective(bytes: bytes)
            refusal = try await take(signed, over: way)
        } catch let error as DirectiveRefusal {
            refusal = error
        }
        wished = nil
        bell.ring()
        let answer = DirectiveAnswer(
            id: Array(SHA256.hash(data: bytes).prefix(DirectiveAnswer.idBytes)),
            refusal: refusal?.code.rawValue ?? "",
            reason: refusal?.reason ?? ""
        )
        guard let answer else { preconditionFailure("a digest has its size") }
        return answer
    }

    private func take(
        _ signed: SignedDirective,
        over way: Way
    ) async throws -> DirectiveRefusal? {
        let now = clock.now()
        let ship = ship
        let shelf = shelf
        // A ship without slots refuses, and needs no folders for it.
        if !slots.isEmpty { try shelf.prepare() }
        let aboard = Aboard(
            slots: slots.mapValues { Set($0.probes.keys) },
            detecting: Set(slots.values.filter { !$0.anomalies.isEmpty }.map(\.name)),
            holds: { shelf.holds($0) },
            freeBytes: shelf.freeBytes
        )
        let refusal = try await journal.change { book -> DirectiveRefusal? in
            guard way == .link || !book.keys.isEmpty else {
                // Over the link the enrolment says who the first is; a stick says nothing.
                return DirectiveRefusal(
                    .unknownKey,
                    "this ship has not heard from its shore yet whose orders to take"
                )
            }
            let directive: Directive
            do throws(DirectiveRefusal) {
                directive = try signed.verified(
                    for: ship,
                    trusting: book.keys,
                    above: book.counter,
                    at: now.wall
                )
            } catch { return error }
            return book.take(directive, aboard, at: now)
        }
        try passed(.taken)
        return refusal
    }

    // MARK: Bytes

    package func offered(_ offer: ArtifactOffer) async throws {
        guard let tree = TreeDigest(offer.tree), let delta = TreeDigest(offer.content) else {
            return
        }
        let bases = offer.bases.compactMap { TreeDigest($0) }
        let shelf = shelf
        let isPossible = bases.allSatisfy { shelf.holds($0) }
        let free = shelf.freeBytes
        let held = shelf.received(delta)
        try await journal.change { book in
            for name in book.slots.keys.sorted() {
                guard let slot = SlotName(name), let task = book.slots[name]?.task,
                    task.phase == .downloading, task.digest == tree
                else { continue }
                guard isPossible else {
                    book.waits(
                        slot,
                        task.activation,
                        for: "what was offered needs what is not here"
                    )
                    continue
                }
                let size = task.order.installation?.size ?? 0
                guard offer.size <= Download.most(for: size) else {
                    book.waits(
                        slot,
                        task.activation,
                        for: "what was offered has \(offer.size) bytes, for a version of \(size)"
                    )
                    continue
                }
                let missing = offer.size - min(offer.size, held)
                // The shore tells all ways there are; the one that needs the fewest bytes from here on is taken.
                if let known = book.downloads.first(where: {
                    $0.tree == tree && $0.activation == task.activation && $0.delta != delta
                }), known.size - min(known.size, shelf.received(known.delta)) <= missing {
                    continue
                }
                let need = size.addingReportingOverflow(missing)
                guard !need.overflow, need.partialValue <= free else {
                    book.waits(
                        slot,
                        task.activation,
                        for: "there is no room: \(free) bytes are free"
                    )
                    continue
                }
                book.wants(
                    Download(
                        slot: name,
                        activation: task.activation,
                        delta: delta,
                        size: offer.size,
                        tree: tree,
                        bases: bases
                    ),
                    in: slot
                )
                return
            }
        }
        wished = nil
        try passed(.offered)
        bell.ring()
    }

    package func wish(over link: LinkView) async throws -> ArtifactFetch? {
        let now = clock.now()
        guard let download = try await allowed(over: link, at: now) else { return nil }
        let held = shelf.received(download.delta)
        guard held < download.size else { return nil }
        let end = link.room.map { room in
            held + min(download.size - held, room)
        }
        return ArtifactFetch(content: download.delta.bytes, from: held, to: end ?? download.size)
    }

    private func allowed(over link: LinkView, at now: Moment) async throws -> Download? {
        if let wished, now.uptime < wished.until { return wished.download }
        wished = nil
        let book = try await journal.read()
        let facts = await facts.facts(at: now.wall)
        for download in book.downloads {
            guard let task = book.slots[download.slot]?.task, task.phase == .downloading,
                !vouching.contains(download.delta),
                let slot = SlotName(download.slot), heldBack[download.delta] ?? 0 <= now.uptime,
                shelf.received(download.delta) < download.size
            else { continue }
            let today = DayAccount.day(of: now.wall)
            let verdict = (task.order.installation?.download ?? .always).verdict(
                facts,
                bearer: link.linkClass,
                spent: (download.day == today ? download.spent : 0) + unaccounted,
                at: now.wall
            )
            let reason: String? =
                switch verdict {
                case .allowed: nil
                case .waiting(let reason), .expired(let reason): reason
                }
            if task.waitsFor != reason {
                try await journal.change { $0.waits(slot, task.activation, for: reason) }
            }
            guard verdict.isAllowed else { continue }
            if !vouched.contains(download.delta) {
                try await vouch(for: download.delta)
                // That may have lasted: whatever is allowed now.
                return try await allowed(over: link, at: clock.now())
            }
            wished = Wish(download: download, until: now.uptime + Self.wishAge)
            return download
        }
        return nil
    }

    /// Looks over what is here of a download. It may be large; until it was read, no piece of it is taken.
    private func vouch(for delta: TreeDigest) async throws {
        vouching.insert(delta)
        defer { vouching.remove(delta) }
        let shelf = shelf
        try await OwnThread.run { _ = try shelf.vouch(for: delta) }
        vouched.insert(delta)
        bell.ring()
    }

    package func received(_ piece: ArtifactPiece, over link: LinkView) async throws {
        guard let download = try await allowed(over: link, at: clock.now()),
            download.delta.bytes.starts(with: piece.content)
        else { return }
        let before = shelf.received(download.delta)
        let held = try shelf.append(
            piece.payload[...],
            to: download.delta,
            at: piece.offset,
            of: download.size
        )
        try passed(.received)
        unaccounted += held - before
        if held == download.size || unaccounted >= Self.accountEvery {
            try await account(download)
        }
        guard held == download.size else { return }
        wished = nil
        bell.ring()
    }

    private func account(_ download: Download) async throws {
        let bytes = unaccounted
        let today = DayAccount.day(of: clock.now().wall)
        unaccounted = 0
        try await journal.change { book in
            for index in book.downloads.indices where book.downloads[index].delta == download.delta
            {
                if book.downloads[index].day != today { book.downloads[index].spent = 0 }
                book.downloads[index].day = today
                book.downloads[index].spent += bytes
            }
        }
    }

    package func refused(_ refusal: FetchRefusal) {
        guard let delta = TreeDigest(refusal.content) else { return }
        heldBack[delta] = clock.now().uptime + Int64(refusal.retryAfterSeconds) * 1000
        if wished?.download.delta == delta { wished = nil }
    }
}

extension DeploymentBook {
    /// Takes an offer, in the place of an earlier one for the same slot.
    mutating func wants(_ download: Download, in slot: SlotName) {
        guard var task = task(slot, download.activation, .downloading) else { return }
        let isKnown = downloads.contains { known in
            known.delta == download.delta && known.slot == download.slot
                && known.activation == download.activation
        }
        if !isKnown {
            downloads.removeAll { $0.slot == download.slot }
            downloads.append(download)
        }
        task.waitsFor = nil
        if !task.isToldDownloading {
            task.isToldDownloading = true
            tell(.downloading, task, in: slot)
        }
        slots[slot.rawValue]?.task = task
    }
}
