import Events
import Parity
import Testing

/// Causes, over all states and what the vendor has.
@Suite struct CauseTests {
    private static let lag = Duration.seconds(60)
    private static let now = Timestamp(milliseconds: 1_000_000)

    private static func expected(
        _ state: LedgerState,
        acceptedAgo seconds: Int = 600,
        parent: Bool = false,
        sent: Bool = true
    )
        -> ExpectedEvent
    {
        let time = now + .seconds(-seconds)
        let own = parent ? JSONText(checked: #"{"parent_id":"p"}"#) : nil
        let event = AcceptedEvent(
            CanonicalEvent(name: "api", customerID: "c", timestamp: time),
            id: "e",
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
        let shown = VendorEvent(id: "e", name: "api", customerID: "c", timestamp: time, own: own)
        return ExpectedEvent(sequence: 1, event: event, sent: sent ? shown : nil, state: state)
    }

    private static func causes(_ expected: ExpectedEvent, _ rows: [VendorEvent], isDamaged: Bool = false) -> [Cause] {
        WindowComparison.compare(
            [expected],
            with: rows.map { WindowRow(key: nil, event: $0) },
            { _ in ComparisonRules(identity: []) },
            at: "p",
            deciding: CauseDecision(readAt: now, lag: lag, isJournalDamaged: isDamaged)
        ).findings.map(\.cause)
    }

    /// What the vendor has of an event.
    enum AtVendor: CaseIterable, Sendable { case absent, equal, different, twice }

    private static let states: [(LedgerState, Cause?)] = [
        (.delivered(deduplicated: false, at: nil), nil), (.delivered(deduplicated: true, at: nil), nil),
        (.waiting(next: nil), .waiting), (.waiting(next: now), .waiting), (.rejected(.invalidEvent), .rejected),
        (.rejected(nil), .rejected), (.rejected(.untranslatable), .untranslatable), (.uncertain, .uncertain),
        (.discarded, .discarded),
    ]

    @Test(arguments: states, AtVendor.allCases)
    func `follow from the ledger first, then from what the vendor has`(state: (LedgerState, Cause?), vendor: AtVendor) {
        let event = Self.expected(state.0)
        let sent = event.sent!
        var other = sent
        other.properties = JSONText(checked: #"{"units":1}"#)
        let rows: [VendorEvent] =
            switch vendor {
            case .absent: []
            case .equal: [sent]
            case .different: [other]
            case .twice: [sent, sent]
            }
        var wanted = state.1.map { [$0] } ?? []
        let isDelivered = state.1 == nil
        switch vendor {
        case .absent: if isDelivered { wanted.append(.lostAfterAccept) }
        case .equal: break
        case .different:
            if isDelivered {
                wanted.append(state.0 == .delivered(deduplicated: true, at: nil) ? .collision : .content)
            }
        case .twice: wanted.append(.doubled)
        }
        #expect(Self.causes(event, rows) == wanted)
    }

    @Test(arguments: [
        (Self.expected(.delivered(deduplicated: false, at: nil), acceptedAgo: 59), Cause.notVisibleYet),
        (Self.expected(.delivered(deduplicated: false, at: nil), acceptedAgo: 61), .lostAfterAccept),
        // Accepted long ago, and delivered now.
        (Self.expected(.delivered(deduplicated: false, at: Self.now)), .notVisibleYet),
        (Self.expected(.delivered(deduplicated: false, at: nil), parent: true), .parentUnresolved),
        (Self.expected(.delivered(deduplicated: false, at: nil), acceptedAgo: 1, parent: true), .notVisibleYet),
        (Self.expected(.delivered(deduplicated: false, at: nil), sent: false), .unexplained),
    ])
    func `of a missing event depend on its age, its parent and its translation`(event: ExpectedEvent, cause: Cause) {
        #expect(Self.causes(event, []) == [cause])
    }

    /// What can be the matter with one event, each with the cause that it has alone, in the order in which they count.
    enum Condition: String, CaseIterable, Sendable {
        case waiting, untranslatable, rejected, discarded, uncertain
        case young, orphaned, absent, colliding
        case noMetric, noCustomer, noSubscription, unusable, late
        case altered
        /// Its copies are a difference of their own, beside any other.
        case twice

        var cause: Cause {
            switch self {
            case .waiting: .waiting
            case .untranslatable: .untranslatable
            case .rejected: .rejected
            case .discarded: .discarded
            case .uncertain: .uncertain
            case .young: .notVisibleYet
            case .orphaned: .parentUnresolved
            case .absent: .lostAfterAccept
            case .colliding: .collision
            case .noMetric: .noMetric
            case .noCustomer: .noCustomer
            case .noSubscription: .noSubscription
            case .unusable: .unusableProperty
            case .late: .periodClosed
            case .altered: .content
            case .twice: .doubled
            }
        }

        /// Nil for one that a delivered event has.
        var state: LedgerState? {
            switch self {
            case .waiting: .waiting(next: nil)
            case .untranslatable: .rejected(.untranslatable)
            case .rejected: .rejected(.invalidEvent)
            case .discarded: .discarded
            case .uncertain: .uncertain
            case .colliding: .delivered(deduplicated: true, at: nil)
            default: nil
            }
        }

        /// What the vendor has; nil if that says nothing of the condition.
        var atVendor: AtVendor? {
            switch self {
            case .young, .orphaned, .absent: .absent
            case .colliding, .altered: .different
            case .twice: .twice
            default: nil
            }
        }

        /// Whether an event can be in both conditions.
        func fits(_ other: Condition) -> Bool {
            (state == nil || other.state == nil) && (atVendor == nil || other.atVendor == nil)
        }
    }

    private static func causes(_ conditions: Set<Condition>) -> [Cause] {
        let event = expected(
            conditions.lazy.compactMap(\.state).first ?? .delivered(deduplicated: false, at: nil),
            acceptedAgo: conditions.contains(.young) ? 1 : 600,
            parent: conditions.contains(.orphaned)
        )
        var other = event.sent!
        other.properties = JSONText(checked: #"{"units":1}"#)
        let rows: [VendorEvent] =
            switch conditions.lazy.compactMap(\.atVendor).first ?? .equal {
            case .absent: []
            case .equal: [event.sent!]
            case .different: [other]
            case .twice: [event.sent!, event.sent!]
            }
        var comparison = WindowComparison.compare(
            [event],
            with: rows.map { WindowRow(key: nil, event: $0) },
            { _ in ComparisonRules(identity: []) },
            at: "p",
            deciding: CauseDecision(readAt: now, lag: lag, isJournalDamaged: false)
        )
        comparison.note([event]) { _, _ in conditions.contains(.late) }
        let reported = conditions.contains(.unusable) ? [UnbilledEvent(id: "e", reason: .unusableProperty)] : []
        var obstacles = BillingObstacles(able: .none, reported: reported)
        let learnt: [(Condition, BillingObstacle)] = [
            (.noMetric, .noMetric), (.noCustomer, .noCustomer), (.noSubscription, .noSubscription),
        ]
        for (condition, obstacle) in learnt where conditions.contains(condition) {
            obstacles.learn(obstacle, of: event)
        }
        comparison.note(obstacles, of: [event])
        return comparison.findings.map(\.cause)
    }

    @Test(arguments: Condition.allCases, Condition.allCases)
    func `are one of an event, the first that applies, and one of its copies`(one: Condition, other: Condition) throws {
        guard one != other else {
            #expect(Self.causes([one]) == [one.cause])
            return
        }
        guard one.fits(other) else { return }
        let order = Condition.allCases
        let first = try #require(order.first { $0 == one || $0 == other })
        let copies: [Cause] = one == .twice || other == .twice ? [.doubled] : []
        #expect(Set(Self.causes([one, other])) == Set([first.cause] + copies))
        #expect(Self.causes([one, other]).count == 1 + copies.count)
    }

    @Test func `are looked for in the order in which they are listed`() {
        for (first, second) in zip(Condition.allCases, Condition.allCases.dropFirst()) {
            #expect(first.cause.precedes(second.cause) && !second.cause.precedes(first.cause))
        }
    }

    /// When the event is of, whether the journal is damaged, and the cause.
    private static let extras: [(Int64?, Bool, Cause)] = [
        // An event may be accepted a day before it occurs.
        (86_400_000 + 999, false, .removed), (86_400_000 + 1000, false, .foreign), (0, false, .removed),
        // What cannot be read may be this one.
        (0, true, .unreadable), (nil, false, .foreign),
    ]

    @Test(arguments: extras)
    func `of an event that only the vendor has depend on what retention has removed`(
        milliseconds: Int64?,
        isDamaged: Bool,
        cause: Cause
    ) {
        let time = Timestamp(milliseconds: milliseconds ?? 0)
        let found = WindowComparison.compare(
            [],
            with: [WindowRow(key: nil, event: VendorEvent(id: "x", name: "api", timestamp: time))],
            { _ in ComparisonRules(identity: []) },
            at: "p",
            deciding: CauseDecision(
                readAt: Self.now,
                lag: Self.lag,
                isJournalDamaged: isDamaged,
                removedThrough: milliseconds == nil ? nil : Timestamp(milliseconds: 1000)
            )
        )
        #expect(found.findings.map(\.cause) == [cause])
        #expect(found.findings[0].detail?.contains("1970-01-01T00:00:01.000Z") ?? false == (cause == .removed))
        #expect(found.cells["api"]?.extra == 1)
        #expect(Cause.removed.urgency == .benign)
    }

    @Test func `of an event that only the vendor has are unknown while the journal is damaged`() {
        let event = Self.expected(.delivered(deduplicated: false, at: nil))
        let other = VendorEvent(id: "x", name: "api", timestamp: Self.now)
        #expect(Self.causes(event, [event.sent!, other]) == [.foreign])
        #expect(Self.causes(event, [event.sent!, other], isDamaged: true) == [.unreadable])
    }

    @Test func `have the words of the API, an urgency and a sentence, and none is benign by accident`() {
        for cause in Cause.allCases {
            #expect(cause.summary.hasSuffix("."))
            #expect(!cause.needsConfirmation || cause.urgency != .unknown)
        }
        #expect(Cause.allCases.last == .unexplained)
    }
}

/// What the journal says of a delivery, as a comparison takes it.
@Suite struct LedgerStateTests {
    private static let time = Timestamp(milliseconds: 7)

    private static func delivery(
        _ status: DeliveryStatus,
        mode: DeliveryMode = .mirror,
        attempts: Int = 1,
        deduplicated: Bool = false,
        code: DeliveryErrorCode? = nil
    ) -> Delivery {
        Delivery(
            provider: "p",
            adapter: "a",
            mode: mode,
            status: status,
            attempts: attempts,
            deduplicated: deduplicated,
            nextAttemptAt: status == .retrying ? time : nil,
            fault: code.map { DeliveryFault(code: $0, message: "no") }
        )
    }

    @Test(arguments: [
        (nil, LedgerState.notPlanned), (delivery(.delivered, mode: .shadow), .notPlanned),
        (delivery(.skipped), .notPlanned), (delivery(.pending), .waiting(next: nil)),
        (delivery(.retrying), .waiting(next: time)), (delivery(.delivered), .delivered(deduplicated: false, at: nil)),
        (delivery(.delivered, deduplicated: true), .delivered(deduplicated: true, at: nil)),
        // Our own first attempt, whose answer was lost, is no other event.
        (delivery(.delivered, attempts: 2, deduplicated: true), .delivered(deduplicated: false, at: nil)),
        (delivery(.rejected, code: .untranslatable), .rejected(.untranslatable)), (delivery(.uncertain), .uncertain),
        (delivery(.discarded), .discarded),
    ])
    func `follows from the delivery`(delivery: Delivery?, state: LedgerState) {
        #expect(LedgerState(delivery) == state)
    }

    private static func attempt(
        _ seconds: Int64,
        _ status: DeliveryStatus = .delivered,
        _ code: DeliveryErrorCode? = nil,
        deduplicated: Bool = false
    ) -> Attempt {
        Attempt(
            at: Timestamp(milliseconds: seconds * 1000),
            latency: .milliseconds(1),
            httpStatus: nil,
            status: status,
            deduplicated: deduplicated,
            fault: code.map { DeliveryFault(code: $0, message: "no") }
        )
    }

    /// The attempts of a delivery, and the one with which the event came to the vendor.
    private static let histories: [(attempts: [Attempt], arrived: Int64?)] = [
        ([attempt(1)], 1), ([attempt(1, .retrying, .rateLimited), attempt(2)], 2),
        // The vendor had it already when the gateway sent it for the first time.
        ([attempt(1, deduplicated: true)], 1),
        ([attempt(1, .retrying, .timeout), attempt(2, deduplicated: true)], 1),
        ([attempt(1, .retrying, .rateLimited), attempt(2, .retrying, .timeout), attempt(3, deduplicated: true)], 2),
        // Not recognized: the first one did not arrive.
        ([attempt(1, .retrying, .timeout), attempt(2)], 2),
        // Found by a look at the vendor, hours later.
        ([attempt(1, .uncertain, .timeout), attempt(9000, .delivered, .foundAtVendor)], 1),
        ([attempt(9000, .delivered, .foundAtVendor)], nil),
    ]

    @Test(arguments: histories)
    func `tells when the event came, and not when a repeat or a look found it`(attempts: [Attempt], arrived: Int64?) {
        let delivery = Delivery(
            provider: "p",
            adapter: "a",
            mode: .mirror,
            status: .delivered,
            attempts: attempts.count { !$0.isLookup },
            deduplicated: attempts.last?.deduplicated ?? false,
            history: attempts
        )
        guard case .delivered(_, let at) = LedgerState(delivery) else {
            Issue.record("it is delivered")
            return
        }
        #expect(at == arrived.map { Timestamp(milliseconds: $0 * 1000) })
    }
}

/// A finding counts when two reads agree on it.
@Suite struct ConfirmationTests {
    private func finding(_ key: String, _ cause: Cause, isConfirmed: Bool = false) -> Finding {
        Finding(
            key: key,
            provider: "p",
            cause: cause,
            about: FindingSubject(eventID: key, name: "api", timestamp: Timestamp(milliseconds: 0)),
            isConfirmed: isConfirmed
        )
    }

    @Test func `drops what the second read does not see, and confirms what both see`() {
        let first = [
            finding("lost", .lostAfterAccept), finding("late", .notVisibleYet), finding("came", .lostAfterAccept),
        ]
        let second = [finding("lost", .lostAfterAccept), finding("late", .lostAfterAccept), finding("new", .foreign)]
        let confirmed = Confirmation.confirm(first, by: second)
        #expect(confirmed.map(\.isConfirmed) == [true, true, false])
        #expect(Confirmation.isPending(confirmed))
        #expect(!Confirmation.isPending(Confirmation.confirm(confirmed, by: confirmed)))
    }

    @Test func `does not confirm what the first read saw only in another form of its key`() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let second = [finding(composed, .lostAfterAccept), finding(decomposed, .lostAfterAccept)]
        let confirmed = Confirmation.confirm([finding(composed, .lostAfterAccept)], by: second)
        #expect(confirmed.map(\.isConfirmed) == [true, false])
    }

    @Test func `never confirms an event that may come still`() {
        let young = [finding("e", .notVisibleYet)]
        #expect(Confirmation.isPending(Confirmation.confirm(young, by: young)))
    }

    @Test func `needs no second read for what the journal says`() {
        #expect(!Confirmation.isPending([finding("e", .waiting, isConfirmed: true)]))
    }
}

/// Canaries, and events that came too late for their period.
@Suite struct WatchedComparisonTests {
    private static let now = Timestamp(milliseconds: 1_000_000)
    private static let plain = Destination(provider: "p", adapter: "a", mode: .mirror)

    private static func event(_ id: String, _ name: String, _ destination: Destination, at time: Timestamp = now)
        -> ExpectedEvent
    {
        let event = AcceptedEvent(
            CanonicalEvent(name: name, customerID: "c", timestamp: time),
            id: EventID(id),
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: now + .seconds(-600),
                plan: Plan(route: "r", destinations: [destination])
            )
        )
        let shown = VendorEvent(id: id, name: name, customerID: "c", timestamp: time)
        return ExpectedEvent(
            sequence: SequenceNumber(Int64(id.utf8.count)),
            event: event,
            sent: shown,
            state: .delivered(deduplicated: false, at: nil)
        )
    }

    private static func compare(_ expected: [ExpectedEvent], _ rows: [VendorEvent], canaries: CanaryMark?)
        -> WindowComparison
    {
        WindowComparison.compare(
            expected,
            with: rows.map { WindowRow(key: nil, event: $0) },
            { _ in ComparisonRules(identity: []) },
            at: "p",
            deciding: CauseDecision(readAt: now, lag: .zero, isJournalDamaged: false, canaries: canaries)
        )
    }

    @Test func `say nothing of canaries, whether the vendor has them, lost them, or has others`() {
        let mark = CanaryMark(name: "canary", customerID: "c")
        let shown = Self.event("shown", "canary", Self.plain.forCanaries)
        let lost = Self.event("lost-one", "canary", Self.plain.forCanaries)
        let plain = Self.event("plain", "api", Self.plain)
        var foreign = VendorEvent(id: "old", name: "canary", customerID: "c", timestamp: Self.now)
        let rows = [plain.sent!, shown.sent!, shown.sent!, foreign]
        let found = Self.compare([plain, shown, lost], rows, canaries: mark)
        #expect(found.findings.isEmpty)
        #expect(found.cells == ["api": CellCounts(expected: 1, found: 1)])
        // Somebody else's event of the same name is none.
        foreign.customerID = "other"
        #expect(Self.compare([], [foreign], canaries: mark).findings.map(\.cause) == [.foreign])
        #expect(Self.compare([], [foreign], canaries: nil).findings.map(\.cause) == [.foreign])
    }

    @Test func `name events that were received too late for their period`() {
        let events = [
            Self.event("e", "api", Self.plain), Self.event("ee", "api", Self.plain),
            Self.event("eee", "api", Self.plain.forCanaries),
        ]
        var found = Self.compare(events, events.compactMap(\.sent), canaries: nil)
        found.note(events) { event, receivedAt in
            #expect(receivedAt == Self.now + .seconds(-600))
            return event.id != "e"
        }
        #expect(found.findings.map(\.cause) == [.periodClosed])
        #expect(found.findings.map(\.subject.eventID) == ["ee"] && found.findings[0].isConfirmed)
        #expect(Cause.periodClosed.urgency == .money && !Cause.periodClosed.needsConfirmation)
    }
}
