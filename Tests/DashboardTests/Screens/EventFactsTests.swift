import Events
import Testing

@testable import Dashboard

/// What the page of an event says of it and of each delivery, and what it offers.
@Suite struct EventFactsTests {
    private static let at = SamplePages.now

    private func event(
        _ timestamp: Timestamp,
        customer: String? = "c",
        source: String? = nil,
        route: RouteName? = "r",
        to destinations: [Destination] = []
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "api", customerID: customer, timestamp: timestamp, source: source),
            id: "e 1",
            in: Submission(
                tenant: "t",
                client: "web",
                acceptedAt: Self.at,
                plan: Plan(route: route, destinations: destinations)
            )
        )
    }

    private func page(
        _ event: AcceptedEvent,
        _ facts: [EventDetailPage.DeliveryFacts] = [],
        number: Int = 0,
        of count: Int = 1,
        hides: Bool = false,
        mayRevise: Bool = true
    ) -> EventDetailPage {
        EventDetailPage(
            ArchivedEvent(sequence: 1, event: event, deliveries: facts.map(\.delivery)),
            facts,
            number: number,
            of: count,
            corrections: SamplePages.corrections(of: event, made: false),
            EventDetailPage.Options(hidesProperties: hides, mayRevise: mayRevise, address: "http://127.0.0.1:1")
        )
    }

    private func head(_ event: AcceptedEvent) -> [String] { page(event).head.map { "\($0.label): \($0.text)" } }

    @Test func `says what is known of an event, and nothing of what is not`() {
        let plan = [
            Destination(provider: "a", adapter: "x", mode: .primary),
            Destination(provider: "b", adapter: "x", mode: .shadow),
        ]
        #expect(
            head(event(Self.at, source: "s", to: plan)) == [
                "Name: api", "Customer: c", "Event time: 2027-01-15 08:00:00.000 UTC",
                "Accepted: 2027-01-15 08:00:00.000 UTC", "Source: s", "Client: web", "Route: r",
                "Plan: a (primary), b (shadow)",
            ]
        )
        let bare = head(event(Self.at, customer: nil, route: nil))
        #expect(bare.suffix(2) == ["Route: none matched", "Plan: no destination"] && bare.count == 6)
    }

    /// More than a minute between the event and its acceptance is worth a line, in either direction.
    @Test(
        arguments: [
            (-60, nil), (-61, "Accepted after: 1 min 1 s"), (-86_400, "Accepted after: 1 d"), (0, nil), (60, nil),
            (61, "Accepted before: 1 min 1 s"), (7200, "Accepted before: 2 h"),
        ] as [(Int64, String?)]
    )
    func `says how late or early an event was accepted`(seconds: Int64, line: String?) {
        let lines = head(event(Self.at + .seconds(seconds))).filter { $0.hasPrefix("Accepted ") }
        #expect(lines == [line].compactMap(\.self))
    }

    private func delivery(_ status: DeliveryStatus, fault: DeliveryFault? = nil) -> Delivery {
        Delivery(provider: "a b", adapter: "lago", mode: .primary, status: status, fault: fault)
    }

    private func lane(
        _ delivery: Delivery,
        _ request: EventDetailPage.DeliveryFacts.Request = .unknown,
        shown: EventDetailPage.DeliveryFacts.VendorState? = nil,
        dropped: [String] = [],
        hides: Bool = false,
        mayRevise: Bool = true
    ) throws -> EventDetailPage.Lane {
        let facts = EventDetailPage.DeliveryFacts(delivery, request: request, droppedFields: dropped, shown: shown)
        return try #require(page(event(Self.at), [facts], hides: hides, mayRevise: mayRevise).lanes.first)
    }

    /// What a person may change is what has failed and is not decided yet.
    @Test(arguments: DeliveryStatus.allCases, [false, true])
    func `offers a retry of what failed to whoever may`(status: DeliveryStatus, mayRevise: Bool) throws {
        let lane = try lane(delivery(status), mayRevise: mayRevise)
        let isOffered = mayRevise && [.rejected, .uncertain, .retrying].contains(status)
        let selection = "id=e%201&provider=a%20b&status=\(status.rawValue)"
        #expect(lane.retryHref == (isOffered ? "/dashboard/problems/plan?action=retry&\(selection)" : nil))
        #expect(lane.discardHref == (isOffered ? "/dashboard/problems/plan?action=discard&\(selection)" : nil))
        #expect(lane.providerHref == "/dashboard/providers/a%20b" && lane.mark == status.rawValue)
        #expect(lane.vendorHref == "/dashboard/events/e%201?vendor=a%20b#lane-0")
    }

    @Test func `shows what the gateway said, and what the vendor said`() throws {
        let own = DeliveryFault(code: .timeout, message: "no response")
        #expect(try lane(delivery(.uncertain, fault: own)).faultText == "timeout: no response")
        let vendor = DeliveryFault(code: .invalidEvent, message: "refused", vendor: "no plan")
        let text = try lane(delivery(.rejected, fault: vendor)).faultText
        #expect(text == "invalid_event: refused The vendor said: no plan")
        #expect(try lane(delivery(.pending)).faultText == nil)
    }

    @Test func `shows the request as it is sent, or why there is none`() throws {
        let request = VendorRequest(path: "/v1/events", body: Array(#"{"a":1}"#.utf8))
        let sent = EventDetailPage.DeliveryFacts.Request.sent(request, baseURL: "https://lago.example")
        let shown = try lane(delivery(.pending), sent).sent
        #expect(shown.line == "POST https://lago.example/v1/events\nContent-Type: application/json")
        #expect(shown.body == #"{"a":1}"# && shown.reason == nil)
        #expect(try lane(delivery(.pending), sent, hides: true).sent.body == "[hidden]")
        let fault = Untranslatable(field: "customer_id", message: "is missing")
        let untranslated = try lane(delivery(.pending), .untranslatable(fault)).sent
        #expect(untranslated.reason == "It cannot be translated: customer_id: is missing" && untranslated.line == nil)
        #expect(try lane(delivery(.pending)).sent.reason?.contains("no longer in routes.json") == true)
    }

    @Test func `shows what the vendor has, with values hidden from whoever may not see them`() throws {
        let vendor = VendorEvent(
            id: "other",
            name: "api",
            timestamp: Self.at,
            properties: JSONText(checked: #"{"secret":"s3cret"}"#),
            notes: ["matched by its id"]
        )
        let open = try #require(try lane(delivery(.delivered), shown: .event(vendor)).vendor)
        #expect(open.differences.map(\.field) == ["id", "properties.secret"] && !open.isEqual)
        #expect(open.differences.map(\.accepted) == ["e 1", "absent"])
        #expect(open.differences.map(\.shown) == ["other", "\"s3cret\""] && open.notes == ["matched by its id"])
        let hidden = try #require(try lane(delivery(.delivered), shown: .event(vendor), hides: true).vendor)
        #expect(hidden.differences.map(\.shown) == ["other", "[hidden]"] && hidden.body?.contains("s3cret") == false)
        let none = try #require(try lane(delivery(.delivered), shown: .none("not yet")).vendor)
        #expect(none.reason == "not yet" && none.body == nil && !none.isEqual && none.differences.isEmpty)
        #expect(try lane(delivery(.delivered)).vendor == nil)
    }

    @Test func `compares with the name under which the event was sent`() throws {
        let renaming = Destination(provider: "a b", adapter: "lago", mode: .primary, rename: ["api": "calls"])
        let vendor = VendorEvent(id: nil, name: "calls", timestamp: Self.at)
        let facts = EventDetailPage.DeliveryFacts(
            delivery(.delivered),
            request: .unknown,
            droppedFields: ["source", "vendor.polar.x"],
            shown: .event(vendor)
        )
        let renamed = page(event(Self.at, to: [renaming]), [facts]).lanes.first
        #expect(renamed?.vendor?.isEqual == true && renamed?.droppedFields == "source, vendor.polar.x")
        #expect(page(event(Self.at), [facts]).lanes.first?.vendor?.isEqual == false)
    }

    @Test func `leads to the other events with the same id`() {
        let second = page(event(Self.at), number: 1, of: 3)
        #expect(second.others.map(\.label) == ["1", "2", "3"] && second.hasOthers)
        #expect(
            second.others.map(\.href) == [
                "/dashboard/events/e%201", "/dashboard/events/e%201?n=1", "/dashboard/events/e%201?n=2",
            ]
        )
        #expect(second.others.map(\.isCurrent) == [false, true, false])
        #expect(second.refreshHref == "/dashboard/events/e%201?n=1")
        #expect(page(event(Self.at)).others.isEmpty)
    }

    @Test func `gives a command that sends the event again to whoever may see all of it`() {
        #expect(page(event(Self.at)).curl?.hasPrefix("curl -i http://127.0.0.1:1/v1/events ") == true)
        #expect(page(event(Self.at), hides: true).curl == nil)
        #expect(page(event(Self.at)).tryHref == "/dashboard/try?event=e%201")
    }
}
