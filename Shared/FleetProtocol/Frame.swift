/// One unit of the conversation between ship and shore.
package enum Frame: Sendable, Equatable {
    /// Ship → shore, first.
    case hello(Hello)
    /// Shore → ship, the answer to `hello`.
    case state(ShoreState)
    /// Ship → shore: a piece of a segment.
    case data(DataFrame)
    /// Shore → ship: how far each lane is durable and committed.
    case acknowledgement([LaneAcknowledgement])
    /// Ship → shore: its account of every lane.
    case ledger(LedgerReport)
    /// Ship → shore: a PKCS#10 request in DER for the certificate that follows this one.
    case certificateRequest([UInt8])
    /// Shore → ship: the certificate, in DER.
    case certificate([UInt8])
    /// Either way: answer me with a `pong` of the same number.
    case ping(UInt64)
    case pong(UInt64)
    /// Either way: the last frame, and why.
    case goodbye(Goodbye)
    /// Shore → ship: payload bytes of data frames that came in this session, whatever became of
    /// them. What a ship measures the link with; one that doesn't know this frame skips it.
    case received(UInt64)
    /// Shore → ship: only to one whose hello says that it answers wants.
    case want(Want)
    /// Ship → shore.
    case wantAnswer(WantAnswer)
    /// Shore → ship: only to one whose hello says that it keeps seals.
    case seal(SealNotice)
    /// Ship → shore: the newest seal that it keeps. A shore of before skips it.
    case witness(SealNotice)
    /// Ship → shore, when the state asks for it: `FleetDeploy`'s holdings.
    case holdings([UInt8])
    /// Shore → ship: a signed directive of `FleetDeploy`. Only to one whose hello says that it takes orders,
    /// and so are those that follow.
    case directive([UInt8])
    /// Ship → shore.
    case directiveAnswer(DirectiveAnswer)
    /// Shore → ship.
    case offer(ArtifactOffer)
    /// Ship → shore.
    case fetch(ArtifactFetch)
    /// Shore → ship: what was fetched.
    case bulk(ArtifactPiece)
    /// Shore → ship: what was not.
    case fetchRefusal(FetchRefusal)

    package var kind: FrameKind {
        switch self {
        case .hello: .hello
        case .state: .state
        case .data: .data
        case .acknowledgement: .acknowledgement
        case .ledger(let report): report.hasDegraded ? .thinnedLedger : .ledger
        case .certificateRequest: .certificateRequest
        case .certificate: .certificate
        case .ping: .ping
        case .pong: .pong
        case .goodbye: .goodbye
        case .received: .received
        case .want: .want
        case .wantAnswer: .wantAnswer
        case .seal: .seal
        case .witness: .witness
        case .holdings: .holdings
        case .directive: .directive
        case .directiveAnswer: .directiveAnswer
        case .offer: .offer
        case .fetch: .fetch
        case .bulk: .bulk
        case .fetchRefusal: .fetchRefusal
        }
    }
}
