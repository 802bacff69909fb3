import Access
import Events
import Journal
import Parity
import Reports

@testable import Dashboard

/// Pages with a text in every field that may hold any, and with everything that they can show; and pages with nothing to show.
enum SamplePages {
    /// One kind of page.
    struct Sample: Sendable {
        let name: String
        let page: @Sendable (String) -> any PageContent
    }

    static let now = Timestamp(milliseconds: 1_800_000_000_000)

    static let all: [Sample] =
        [
            Sample(name: "sign in") { SignInPage(fault: $0, destination: $0, demoKey: $0) },
            Sample(name: "sign in, plain") { _ in SignInPage(destination: "/dashboard") },
            Sample(name: "problem") {
                ProblemPage(title: $0, detail: $0, status: 404, requestID: $0, signIn: "/dashboard/events")
            },
            Sample(name: "problem, plain") { ProblemPage(title: $0, detail: $0, status: 404, requestID: $0) },
            Sample(name: "log") { log($0) },
            Sample(name: "log, empty") { _ in
                LogPage(
                    LogPage.Filter(category: nil, actor: nil, action: nil, requestID: nil, from: nil, until: nil),
                    [],
                    limit: 100,
                    cursor: nil
                )
            },
            Sample(name: "overview") { text in OverviewPage(overview(text, providers: [provider(text)]), at: now) },
            Sample(name: "overview, empty") { text in OverviewPage(overview(text, providers: nil), at: now) },
            Sample(name: "providers") { ProvidersPage([provider($0), provider($0, isGone: true)], at: now) },
            Sample(name: "providers, empty") { _ in ProvidersPage([], at: now) },
            Sample(name: "provider") { text in
                let configuration = ProviderPage.Configuration(
                    vendor: text,
                    baseURL: text,
                    credentialSource: text,
                    identity: text,
                    rateLimit: text,
                    timeout: .seconds(30)
                )
                return ProviderPage(
                    provider(text),
                    configuration,
                    ages: ages,
                    watch: watch(text),
                    mayAct: true,
                    at: now
                )
            },
            Sample(name: "provider, not watched") { text in
                ProviderPage(
                    provider(text),
                    nil,
                    ages: BacklogAges(),
                    watch: ProviderWatch(verify: .impossible(text), canary: .unread(text)),
                    mayAct: false,
                    at: now
                )
            },
            Sample(name: "provider that delivers") { text in
                let facts = ProviderFacts(
                    name: ProviderName(text),
                    adapter: AdapterName(text),
                    pipeline: ProviderFacts.Pipeline(circuit: "closed"),
                    backlog: nil,
                    slot: 0
                )
                return ProviderPage(facts, nil, mayAct: true, at: now)
            },
            Sample(name: "provider of another gateway") { text in
                var facts = ProviderFacts(
                    name: ProviderName(text),
                    adapter: AdapterName(text),
                    pipeline: nil,
                    backlog: nil,
                    slot: 0
                )
                facts.elsewhere = ProviderFacts.Elsewhere(gateway: text, isReady: false, detail: text)
                facts.passed = ProviderFacts.Passed(inFlight: 1, requests: 12, errors: 2, refused: 3)
                return ProviderPage(facts, nil, mayAct: true, at: now)
            },
            Sample(name: "provider, removed") { ProviderPage(provider($0, isGone: true), nil, mayAct: true, at: now) },
            Sample(name: "events") { events($0) },
            Sample(name: "events, empty") { _ in
                EventsPage(
                    EventFilterForm({ _ in nil }, providers: []),
                    EventPage(events: [], hasMore: false),
                    limit: 100,
                    cursor: nil,
                    next: nil,
                    hidesProperties: false
                )
            },
            Sample(name: "events, none matches") { text in
                EventsPage(
                    EventFilterForm({ _ in text }, providers: []),
                    EventPage(events: [], hasMore: false),
                    limit: 100,
                    cursor: nil,
                    next: nil,
                    hidesProperties: false
                )
            },
            Sample(name: "event") { text in
                let run = MigrationPageTests.run(.finished)
                let findings = [finding(text, isKnown: true), finding(text, isKnown: false)]
                return event(text, EventComparisons([(run, findings), (run, [])], hidesProperties: false))
            },
            Sample(name: "event without deliveries") { text in
                EventDetailPage(
                    ArchivedEvent(sequence: 1, event: accepted(text), deliveries: []),
                    [],
                    number: 0,
                    of: 1,
                    corrections: corrections(of: correcting(text), made: false),
                    EventDetailPage.Options(
                        hidesProperties: true,
                        mayRevise: false,
                        address: text,
                        showsFailedOnly: true
                    )
                )
            },
            Sample(name: "event without comparisons") { event($0, EventComparisons([], hidesProperties: false)) },
            Sample(name: "problems") { problems($0) },
            Sample(name: "problems, empty") { _ in
                ProblemsPage(
                    ProblemsFilter({ _ in nil }, providers: []),
                    nil,
                    DeliveryPage(deliveries: [], next: nil),
                    limit: 100,
                    cursor: nil,
                    mayRevise: false
                )
            },
            Sample(name: "problems, none matches") { text in
                ProblemsPage(
                    ProblemsFilter({ _ in text }, providers: []),
                    nil,
                    DeliveryPage(deliveries: [], next: nil),
                    limit: 100,
                    cursor: nil,
                    mayRevise: true
                )
            },
            Sample(name: "plan of a retry") { text in
                let count = ProblemsPlanPage.Count(
                    provider: ProviderName(text),
                    count: RevisionCount(changed: 12_408, busy: 2, amended: 1, untranslatable: 3),
                    mayBillTwice: 4,
                    uncertainLeft: 5
                )
                let field = ProblemsFilter.Hidden(text, text)
                let refusal = ProblemsPlanPage.Refusal(provider: ProviderName(text), reason: text)
                return ProblemsPlanPage(
                    .retry,
                    summary: text,
                    [count],
                    refusals: [refusal],
                    fields: [field],
                    fault: text
                )
            },
            Sample(name: "plan of a discard") { text in
                let count = ProblemsPlanPage.Count(
                    provider: ProviderName(text),
                    count: RevisionCount(changed: 2, busy: 0),
                    mayBillTwice: 0,
                    uncertainLeft: 0
                )
                return ProblemsPlanPage(.discard, summary: text, [count], fields: [])
            },
            Sample(name: "plan of nothing") { ProblemsPlanPage(.retry, summary: $0, [], fields: []) },
            Sample(name: "result") { ProblemsResultPage([entry($0)], at: now, seesLog: true) },
            Sample(name: "result without the log") { ProblemsResultPage([entry($0)], at: now, seesLog: false) },
        ] + corrections + screens

    private static func entry(_ text: String) -> AuditEntry {
        AuditEntry(
            at: now,
            category: .administration,
            action: text,
            tenant: TenantID(text),
            actor: text,
            keyID: text,
            remoteAddress: text,
            details: [text: text]
        )
    }

    private static func log(_ text: String) -> LogPage {
        let filter = LogPage.Filter(
            category: .administration,
            actor: text,
            action: text,
            requestID: text,
            from: text,
            until: text
        )
        return LogPage(filter, [RecordedAuditEntry(number: 7, entry: entry(text))], limit: 1, cursor: "9")
    }

    static func provider(_ text: String, isGone: Bool = false) -> ProviderFacts {
        let fault = DeliveryFault(code: .unauthorized, message: text, vendor: text)
        var pipeline = ProviderFacts.Pipeline(circuit: "open", inFlight: 3, concurrency: 8)
        (pipeline.parked, pipeline.lastFault) = (fault, fault)
        (pipeline.pausedUntil, pipeline.heldUntil) = (now + .seconds(60), now + .seconds(60))
        pipeline.hold = OperatorHold(until: now + .seconds(60), by: ClientName(text), at: now)
        pipeline.counts = [(label: text, count: 12)]
        var facts = ProviderFacts(
            name: ProviderName(text),
            adapter: isGone ? nil : AdapterName(text),
            pipeline: isGone ? nil : pipeline,
            backlog: Backlog(events: 41_210, oldest: now + .seconds(-1560)),
            figures: figures,
            slot: 2
        )
        facts.latencies = [(.milliseconds(2), 3), (.milliseconds(4), 1)]
        facts.batchSizes = [(most: 1, requests: 3), (most: 2, requests: 1)]
        facts.rateLimit = isGone ? nil : RateLimit(requests: 3000, per: .seconds(60))
        return facts
    }

    static var ages: BacklogAges {
        var ages = BacklogAges()
        for (index, count) in [1204, 3, 0, 2, 1].enumerated() { ages.add(count, ofClass: index) }
        ages.addUncounted(10)
        return ages
    }

    /// More lost events than are listed, one of them the visitor's own.
    private static func watch(_ text: String) -> ProviderWatch {
        let lost = (0..<60).map { number in
            LostEvent(
                sequence: SequenceNumber(Int64(number)),
                tenant: TenantID(number == 59 ? "own" : text),
                eventID: EventID(text),
                name: text,
                deliveredAt: now,
                foundAt: now,
                lookAt: now
            )
        }
        let verify = VerifyReport(
            oneIn: 2000,
            checkedUpTo: now,
            waiting: 3,
            hours: [VerifyReport.Hour(start: now, verified: 12, different: 1, lost: 2)],
            lost: lost,
            accepted: 1,
            fault: text
        )
        let alarm = CanaryReport.Alarm(since: now, reason: text)
        let canary = CanaryReport(every: .seconds(600), lags: [.seconds(1), .seconds(4)], visible: 2, alarm: alarm)
        return ProviderWatch(verify: .found(verify), canary: .found(canary), opensEventsOf: "own")
    }

    static let figures = {
        var figures = RecentFigures(
            start: now + .seconds(-40),
            step: .seconds(10),
            accepted: [1, nil, 2.5, 4],
            delivered: [0, nil, 3, 40]
        )
        figures.liveRequests = [0, nil, 1, 20]
        figures.backfillRequests = [0, nil, 2, 5]
        figures.reads = [1, nil, 0, 0.25]
        figures.rejected = [0, nil, 2, 1]
        figures.uncertain = [0, nil, 0, 1]
        figures.backlog = [10, nil, 12, 3]
        figures.p50 = [3, nil, 4, 5]
        figures.p99 = [30, nil, 44, 51]
        figures.concurrency = [8, nil, 4, 16]
        figures.circuit = [.closed, nil, .open, .probing]
        return figures
    }()

    static func overview(_ text: String, providers: [ProviderFacts]?) -> OverviewFacts {
        OverviewFacts(
            providers: providers,
            whole: providers == nil ? nil : figures,
            readiness: [
                OverviewFacts.Part(name: text, isReady: true, detail: text, isEssential: true),
                OverviewFacts.Part(name: text, isReady: false, detail: text, isEssential: false),
            ],
            window: .hour,
            since: providers == nil ? nil : now,
            gateways: providers == nil
                ? nil
                : [
                    OverviewFacts.Gateway(name: text, lastReport: now, isSilent: false),
                    OverviewFacts.Gateway(name: text, lastReport: now, isSilent: true),
                ]
        )
    }

    static func accepted(_ text: String, at time: Timestamp = now) -> AcceptedEvent {
        let destination = Destination(provider: ProviderName(text), adapter: AdapterName(text), mode: .primary)
        let submission = Submission(
            tenant: TenantID(text),
            client: ClientName(text),
            acceptedAt: time,
            plan: Plan(route: RouteName(text), destinations: [destination])
        )
        return AcceptedEvent(
            submission,
            id: EventID(text),
            name: text,
            customerID: text,
            subscriptionID: text,
            timestamp: now + .seconds(-3600),
            timestampWasGiven: true,
            source: text,
            properties: JSONText(checked: #"{"size":100,"inner":{"list":[1,2]}}"#),
            vendor: nil
        )
    }

    static func delivery(_ text: String) -> Delivery {
        let fault = DeliveryFault(code: .unknownCustomer, message: text, vendor: text)
        let attempt = Attempt(at: now, latency: .milliseconds(35), httpStatus: 422, status: .retrying, fault: fault)
        let later = Attempt(
            at: now + .seconds(1),
            latency: .milliseconds(35),
            httpStatus: nil,
            status: .delivered,
            deduplicated: true
        )
        return Delivery(
            provider: ProviderName(text),
            adapter: AdapterName(text),
            mode: .primary,
            status: .retrying,
            attempts: 2,
            httpStatus: 422,
            latency: .milliseconds(35),
            nextAttemptAt: now + .seconds(10),
            fault: fault,
            history: [attempt, later]
        )
    }

    private static func events(_ text: String) -> EventsPage {
        let event = ArchivedEvent(sequence: 1, event: accepted(text), deliveries: [delivery(text)])
        let stopped = EventCursor(timestamp: now, sequence: 1)
        return EventsPage(
            EventFilterForm({ chosen[$0] ?? text }, providers: [text]),
            EventPage(events: [event], hasMore: true, stoppedAt: stopped),
            limit: 25,
            cursor: text,
            next: text,
            hidesProperties: false
        )
    }

    private static func event(_ text: String, _ comparisons: EventComparisons) -> EventDetailPage {
        let vendor = VendorEvent(
            id: text,
            name: "other",
            customerID: text,
            timestamp: now,
            properties: JSONText(checked: #"{"size":101}"#),
            notes: [text]
        )
        let request = VendorRequest(path: text, body: Array(text.utf8))
        let same = VendorEvent(id: text, name: text, timestamp: now + .seconds(-3600))
        let deliveries: [EventDetailPage.DeliveryFacts] = [
            .init(delivery(text), request: .sent(request, baseURL: text), droppedFields: [text], shown: .event(vendor)),
            .init(
                Delivery(provider: ProviderName(text), adapter: AdapterName(text), mode: .mirror, status: .pending),
                request: .untranslatable(Untranslatable(field: text, message: text)),
                droppedFields: [],
                shown: .none(text)
            ),
            .init(delivery(text), request: .unknown, droppedFields: [], shown: .event(same)),
            .init(delivery(text), request: .unknown, droppedFields: [], shown: nil),
        ]
        return EventDetailPage(
            ArchivedEvent(sequence: 1, event: accepted(text), deliveries: deliveries.map(\.delivery)),
            deliveries,
            number: 0,
            of: 2,
            corrections: corrections(of: accepted(text), made: true),
            comparisons: comparisons,
            EventDetailPage.Options(hidesProperties: false, mayRevise: true, address: text)
        )
    }

    /// What is chosen where there is a choice.
    private static let chosen = [
        "window": "1h", "delivery_status": "rejected", "status": "rejected", "error_code": "timeout",
    ]

    private static func problems(_ text: String) -> ProblemsPage {
        let archived = ArchivedDelivery(
            cursor: DeliveryCursor(sequence: 1, provider: ProviderName(text)),
            event: accepted(text),
            delivery: delivery(text)
        )
        var tally = DeliveryTally()
        for _ in 0..<3 { tally.add(archived) }
        // More groups than are shown.
        for number in 0..<101 {
            let other = Delivery(
                provider: ProviderName("p\(number)"),
                adapter: "acme",
                mode: .primary,
                status: .rejected
            )
            tally.add(ArchivedDelivery(cursor: archived.cursor, event: accepted("plain"), delivery: other))
        }
        return ProblemsPage(
            ProblemsFilter({ chosen[$0] ?? text }, providers: [text]),
            tally.result(continuingAt: archived.cursor),
            by: TableOrder(.age),
            DeliveryPage(deliveries: [archived], next: archived.cursor),
            limit: 25,
            cursor: text,
            mayRevise: true
        )
    }
}
