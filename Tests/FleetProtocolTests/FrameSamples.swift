import FleetModel
import FleetProtocol
import FleetTestSupport

/// Frames for tests: one of each kind by hand, and any number from a seed.
enum FrameSamples {
    /// By the names of their golden files. Written out by hand, so that nothing but this says what
    /// the files hold.
    static let named = first + later

    /// What came after the first ships. The golden conversation is older.
    private static let later: [(name: String, frame: Frame)] = [
        ("hello-thinned", .hello(hello(thinned))),
        ("ledger-thinned", .ledger(LedgerReport(totals: thinned))),
        ("received", .received(7_654_321)),
        ("state-reporting", .state(reportingState)),
        ("hello-instance", .hello(hello(totals, instance: 0x0123_4567_89AB_CDEF))),
        (
            "hello-new-epoch",
            .hello(
                hello(
                    totals,
                    instance: 7,
                    closed: ClosedEpoch(
                        epoch: LaneEpoch(0xA1A2_A3A4_A5A6_A7A8),
                        ledger: LedgerReport(totals: thinned)
                    )
                )
            )
        ),
        (
            "hello-wants",
            .hello(hello(totals, instance: 0x0123_4567_89AB_CDEF, answersWants: true))
        ),
        (
            "want",
            .want(
                Want(
                    id: 4711,
                    from: Timestamp(milliseconds: 1_795_219_200_000),
                    to: Timestamp(milliseconds: 1_795_226_400_000),
                    maxBytes: 1_000_000
                )
            )
        ),
        (
            "want-answer",
            .wantAnswer(WantAnswer(id: 4711, outcome: .partly, samples: 28_800, bytes: 999_000))
        ),
        (
            "hello-seals",
            .hello(
                hello(totals, instance: 0x0123_4567_89AB_CDEF, answersWants: true, keepsSeals: true)
            )
        ),
        ("seal", .seal(notice)),
        ("witness", .witness(notice)),
        (
            "hello-orders",
            .hello(
                hello(
                    totals,
                    instance: 0x0123_4567_89AB_CDEF,
                    answersWants: true,
                    keepsSeals: true,
                    orders: OrderStanding(counter: 300, holdings: 0x1122_3344_5566_7788)
                )
            )
        ),
        ("state-asking", .state(askingState)),
        ("holdings", .holdings([0x01, 0x02, 0x03])),
        ("directive", .directive([0x01] + (0..<72).map { 0x30 + $0 } + [0x0E, 0x54])),
        (
            "directive-answer",
            .directiveAnswer(
                answer(refusal: "replayed", reason: "counter 7 was taken before")
            )
        ),
        ("offer", .offer(offer(size: 1_229_000, bases: [0x61, 0x71]))),
        ("fetch", .fetch(fetch(from: 65_536, length: 131_072))),
        ("bulk", .bulk(artifactPiece(offset: 65_536, Array("a piece of a delta".utf8)))),
        ("fetch-refusal", .fetchRefusal(fetchRefusal(code: "held_back", seconds: 3600))),
    ]

    static let first: [(name: String, frame: Frame)] = [
        ("hello", .hello(hello(totals))),
        ("state", .state(state)),
        ("data", .data(piece(recordCount: nil))),
        ("data-last", .data(piece(recordCount: 1200))),
        (
            "acknowledgement",
            .acknowledgement([
                LaneAcknowledgement(lane: .events, committed: 3, durableOffset: 0),
                LaneAcknowledgement(lane: .metrics, committed: 40_000, durableOffset: 65_536),
            ])
        ),
        ("ledger", .ledger(LedgerReport(totals: totals))),
        ("certificate-request", .certificateRequest([0x30, 0x03, 0x02, 0x01, 0x07])),
        ("certificate", .certificate([0x30, 0x03, 0x02, 0x01, 0x2A])),
        ("ping", .ping(0)),
        ("pong", .pong(18_446_744_073_709_551_615)),
        (
            "goodbye",
            .goodbye(
                Goodbye(code: "wrong_checksum", message: "bonne route – 再见", retryAfterSeconds: 2)
            )
        ),
    ]

    private static let totals: [Lane: LedgerTotals] = [
        .events: LedgerTotals(produced: 4, stored: 3, pending: 1, lost: 0),
        .metrics: LedgerTotals(produced: 1_000_000, stored: 900_000, pending: 99_000, lost: 1000),
    ]

    private static let thinned: [Lane: LedgerTotals] = [
        .summary: LedgerTotals(produced: 70, stored: 30, pending: 25, degraded: 15, lost: 0),
        .metrics: LedgerTotals(
            produced: 1_000_000,
            stored: 900_000,
            pending: 9000,
            degraded: 90_000,
            lost: 1000
        ),
    ]

    private static func hello(
        _ totals: [Lane: LedgerTotals],
        instance: UInt64? = nil,
        closed: ClosedEpoch? = nil,
        answersWants: Bool = false,
        keepsSeals: Bool = false,
        orders: OrderStanding? = nil
    ) -> Hello {
        Hello(
            oldestVersion: 1,
            newestVersion: 1,
            agentVersion: "0.1.0",
            epoch: LaneEpoch(0xFEDC_BA98_7654_3210),
            at: Timestamp(milliseconds: 1_795_254_788_123),
            lanes: [
                Hello.LaneReport(
                    position: LanePosition(
                        lane: .events,
                        sequence: 3,
                        offset: 0,
                        chain: chain(0x11)
                    ),
                    firstHeld: 3,
                    end: 4
                ),
                Hello.LaneReport(
                    position: LanePosition(
                        lane: .metrics,
                        sequence: 40_000,
                        offset: 16_384,
                        chain: chain(0xA0)
                    ),
                    firstHeld: 40_000,
                    end: 40_007
                ),
            ],
            ledger: LedgerReport(totals: totals),
            instance: instance,
            closed: closed,
            answersWants: answersWants,
            keepsSeals: keepsSeals,
            orders: orders
        )
    }

    private static let state = ShoreState(
        version: 1,
        at: Timestamp(milliseconds: -1),
        positions: [LanePosition(lane: .catalogue, sequence: 2, offset: 77, chain: chain(0xF0))],
        catalogueWatermark: 8192,
        renewCertificate: true
    )

    private static let notice = notice(seal: 812, last: 70_321)

    private static func notice(seal: UInt64, last: UInt64) -> SealNotice {
        guard
            let notice = SealNotice(
                seal: seal,
                last: last,
                hash: (0..<32).map { 0x20 + $0 },
                signature: (0..<64).map { 0x80 + $0 }
            )
        else { preconditionFailure("a hash has 32 bytes, a signature 64") }
        return notice
    }

    private static let reportingState = ShoreState(
        version: 1,
        at: Timestamp(milliseconds: 1_795_254_788_123),
        positions: [LanePosition(lane: .metrics, sequence: 7, offset: 0, chain: chain(0x40))],
        catalogueWatermark: 300,
        renewCertificate: false,
        reportsReceived: true
    )

    private static let askingState = ShoreState(
        version: 1,
        at: Timestamp(milliseconds: 1_795_254_788_123),
        positions: [LanePosition(lane: .metrics, sequence: 7, offset: 0, chain: chain(0x40))],
        catalogueWatermark: 300,
        renewCertificate: false,
        reportsReceived: true,
        asksHoldings: true
    )

    private static func piece(recordCount: UInt64?) -> DataFrame {
        DataFrame(
            lane: .metrics,
            sequence: 40_000,
            offset: 16_384,
            recordCount: recordCount,
            payload: Array("HS and what follows".utf8)
        )
    }

    private static func chain(_ first: UInt8) -> ChainDigest {
        ChainDigest(bytes: (0..<UInt8(ChainDigest.size)).map { first + $0 }) ?? .start
    }

    // MARK: From a seed

    static func random(using generator: inout SeededGenerator) -> Frame {
        switch Int.random(in: 0..<22, using: &generator) {
        case 0:
            .hello(
                Hello(
                    oldestVersion: .random(in: 0...(.max), using: &generator),
                    newestVersion: .random(in: 0...(.max), using: &generator),
                    agentVersion: text(upTo: 16, using: &generator),
                    epoch: LaneEpoch(.random(in: 0...(.max), using: &generator)),
                    at: Timestamp(milliseconds: .random(in: .min ... .max, using: &generator)),
                    lanes: Lane.allCases.map { lane in
                        Hello.LaneReport(
                            position: position(lane, using: &generator),
                            firstHeld: number(using: &generator),
                            end: number(using: &generator)
                        )
                    },
                    ledger: ledger(using: &generator),
                    instance: generator.chance(0.5) ? generator.next() | 1 : 7,
                    closed: generator.chance(0.5)
                        ? ClosedEpoch(
                            epoch: LaneEpoch(generator.next()),
                            ledger: ledger(using: &generator)
                        ) : nil,
                    answersWants: generator.chance(0.5),
                    keepsSeals: generator.chance(0.5),
                    orders: generator.chance(0.5)
                        ? OrderStanding(
                            counter: number(using: &generator),
                            holdings: generator.next()
                        ) : nil
                )
            )
        case 1:
            .state(
                ShoreState(
                    version: .random(in: 0...(.max), using: &generator),
                    at: Timestamp(milliseconds: .random(in: .min ... .max, using: &generator)),
                    positions: Lane.allCases.map { position($0, using: &generator) },
                    catalogueWatermark: .random(in: 0...(.max), using: &generator),
                    renewCertificate: generator.chance(0.5),
                    reportsReceived: generator.chance(0.5),
                    asksHoldings: generator.chance(0.5)
                )
            )
        case 2, 3:
            .data(
                DataFrame(
                    lane: Lane.allCases.randomElement(using: &generator) ?? .events,
                    sequence: number(using: &generator),
                    offset: number(using: &generator),
                    recordCount: generator.chance(0.5) ? number(using: &generator) : nil,
                    payload: bytes(1...300, using: &generator)
                )
            )
        case 4:
            .acknowledgement(
                Lane.allCases.map {
                    LaneAcknowledgement(
                        lane: $0,
                        committed: number(using: &generator),
                        durableOffset: number(using: &generator)
                    )
                }
            )
        case 5: .ledger(ledger(using: &generator))
        case 6: .certificateRequest(bytes(0...900, using: &generator))
        case 7: .certificate(bytes(0...900, using: &generator))
        case 8: .ping(number(using: &generator))
        case 9: .received(number(using: &generator))
        case 10:
            .want(
                Want(
                    id: number(using: &generator),
                    from: Timestamp(milliseconds: .random(in: .min ... -1, using: &generator)),
                    to: Timestamp(milliseconds: .random(in: 0 ... .max, using: &generator)),
                    maxBytes: number(using: &generator)
                )
            )
        case 11:
            .wantAnswer(
                WantAnswer(
                    id: number(using: &generator),
                    outcome: WantAnswer.Outcome.allCases.randomElement(using: &generator) ?? .held,
                    samples: number(using: &generator),
                    bytes: number(using: &generator)
                )
            )
        case 12:
            .seal(notice(seal: number(using: &generator), last: number(using: &generator)))
        case 13:
            .witness(notice(seal: number(using: &generator), last: number(using: &generator)))
        case 14: .holdings(bytes(0...900, using: &generator))
        case 15: .directive(bytes(0...900, using: &generator))
        case 16:
            .directiveAnswer(
                answer(
                    refusal: text(upTo: 20, using: &generator),
                    reason: text(upTo: 60, using: &generator)
                )
            )
        case 17:
            .offer(
                offer(
                    size: number(using: &generator),
                    bases: bytes(0...ArtifactOffer.baseLimit, using: &generator).map { $0 >> 1 }
                )
            )
        case 18:
            .fetch(
                fetch(
                    from: number(using: &generator) >> 1,
                    length: number(using: &generator) >> 1
                )
            )
        case 19:
            .bulk(
                artifactPiece(
                    offset: number(using: &generator),
                    bytes(1...300, using: &generator)
                )
            )
        case 20:
            .fetchRefusal(
                fetchRefusal(
                    code: text(upTo: 20, using: &generator),
                    seconds: .random(in: 0...86_400, using: &generator)
                )
            )
        default:
            .goodbye(
                Goodbye(
                    code: text(upTo: 20, using: &generator),
                    message: text(upTo: 60, using: &generator),
                    retryAfterSeconds: .random(in: 0...86_400, using: &generator)
                )
            )
        }
    }

    /// Every length of varint is as likely as any other.
    private static func number(using generator: inout SeededGenerator) -> UInt64 {
        generator.next() >> UInt64.random(in: 0...63, using: &generator)
    }

    static func bytes(_ count: ClosedRange<Int>, using generator: inout SeededGenerator) -> [UInt8]
    {
        (0..<Int.random(in: count, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
    }

    private static func text(upTo count: Int, using generator: inout SeededGenerator) -> String {
        let characters = Array("abc XYZ09_–é再🚢\n\"")
        return String(
            (0..<Int.random(in: 0...count, using: &generator)).map { _ in
                characters.randomElement(using: &generator) ?? "a"
            }
        )
    }

    private static func position(
        _ lane: Lane,
        using generator: inout SeededGenerator
    ) -> LanePosition {
        LanePosition(
            lane: lane,
            sequence: number(using: &generator),
            offset: number(using: &generator),
            chain: ChainDigest(bytes: bytes(16...16, using: &generator)) ?? .start
        )
    }

    private static func ledger(using generator: inout SeededGenerator) -> LedgerReport {
        var totals: [Lane: LedgerTotals] = [:]
        for lane in Lane.allCases where generator.chance(0.7) {
            totals[lane] = LedgerTotals(
                produced: number(using: &generator),
                stored: number(using: &generator),
                pending: number(using: &generator),
                degraded: generator.chance(0.5) ? number(using: &generator) : 0,
                lost: number(using: &generator)
            )
        }
        return LedgerReport(totals: totals)
    }
}
