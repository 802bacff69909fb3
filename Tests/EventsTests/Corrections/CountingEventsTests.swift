import Events
import TestSupport
import Testing

@Suite struct CountingEventsTests {
    private func archived(
        _ id: String,
        _ number: Int64,
        _ style: CorrectionStyle? = nil,
        _ status: DeliveryStatus = .delivered,
        at provider: ProviderName = "p"
    ) -> ArchivedEvent {
        let plain = Destination(provider: provider, adapter: "acme", mode: .primary)
        let destination = style.map { plain.correcting($0, .adjust, property: "units") } ?? plain
        let submission = Submission(
            tenant: "t",
            client: "c",
            acceptedAt: Timestamp(milliseconds: 0),
            plan: Plan(route: "r", destinations: [destination])
        )
        return ArchivedEvent(
            sequence: SequenceNumber(number),
            event: AcceptedEvent(CanonicalEvent(name: "n", customerID: "c"), id: EventID(id), in: submission),
            deliveries: [Delivery(provider: provider, adapter: "acme", mode: .primary, status: status)]
        )
    }

    private func ids(_ events: [ArchivedEvent], at provider: ProviderName = "p") -> [String] {
        events.counting(at: provider).map(\.event.id.rawValue)
    }

    @Test func `leaves out what a delivered replacement has replaced`() {
        let events = [
            archived("a", 1), archived("b", 2), archived("adjust-replace:a", 3, .replacing),
            archived("adjust-2-replace:a", 4, .replacing),
        ]
        #expect(ids(events) == ["b", "adjust-2-replace:a"])
        #expect(ids(Array(events.dropLast())) == ["b", "adjust-replace:a"])
    }

    @Test func `keeps the event while its replacement is on its way, and elsewhere`() {
        #expect(ids([archived("a", 1), archived("void-replace:a", 2, .replacing, .pending)]) == ["a"])
        let elsewhere = [archived("a", 1, at: "p"), archived("void-replace:a", 2, .replacing, at: "q")]
        #expect(ids(elsewhere).first == "a")
    }

    @Test func `keeps corrections that stand beside the event, and events that only look like corrections`() {
        #expect(ids([archived("a", 1), archived("void:a", 2, .beside)]) == ["a", "void:a"])
        #expect(ids([archived("a", 1), archived("void-replace:a", 2)]) == ["a", "void-replace:a"])
    }

    @Test func `a replacement counts once however far behind its original it stands`() {
        let (original, first, second) = (
            archived("a", 1), archived("adjust-replace:a", 2, .replacing), archived("adjust-2-replace:a", 3, .replacing)
        )
        var known = Replacements()
        for event in [original, first, second] { known.add(event) }
        #expect(known.count == 1)
        let parts = [[original], [first], [second]].map { part in
            part.counting(at: "p", besides: known).map(\.event.id.rawValue)
        }
        #expect(parts == [[], [], ["adjust-2-replace:a"]])
        #expect([original].counting(at: "q", besides: known).count == 1)
        var waiting = Replacements()
        waiting.add(archived("adjust-replace:a", 2, .replacing, .pending))
        #expect([original].counting(at: "p", besides: waiting).count == 1)
    }

    @Test(arguments: ["correction:a", "correction-2:a", "void:a", "void-replace:a", "adjust-2:a"])
    func `an event is a correction by its plan, not by its id`(id: String) {
        #expect(archived(id, 1).event.corrects == nil && archived(id, 1).event.correctionKind == nil)
        #expect(archived(id, 1, .beside).event.corrects?.original == "a")
        let replacement = archived(id, 1, .replacing).event
        #expect(replacement.asSent(to: replacement.plan.destinations[0]).id == "a")
        let beside = archived(id, 1, .beside).event
        #expect(beside.asSent(to: beside.plan.destinations[0]).id == EventID(id))
    }

    @Test(arguments: CorrectionID.Kind.allCases, CorrectionStyle.allCases)
    func `the plan says what a correction does, and the id of one from an earlier version`(
        kind: CorrectionID.Kind,
        style: CorrectionStyle
    ) {
        let plain = Destination(provider: "p", adapter: "acme", mode: .primary)
        let settings = DestinationSettings([DestinationSettings.corrects: .text(style.rawValue)])
        let earlier = Destination(provider: "p", adapter: "acme", mode: .primary, settings: settings)
        for (id, destination) in [
            ("correction-2:a", plain.correcting(style, kind, property: "units")),
            ("\(kind.rawValue)-2\(style == .replacing ? "-replace" : ""):a", earlier),
        ] {
            let submission = Submission(
                tenant: "t",
                client: "c",
                acceptedAt: Timestamp(milliseconds: 0),
                plan: Plan(route: "r", destinations: [destination])
            )
            let event = AcceptedEvent(CanonicalEvent(name: "n", customerID: "c"), id: EventID(id), in: submission)
            #expect(event.correctionKind == kind && destination.correction == style)
            let record = CorrectionRecord(event, at: destination, status: .delivered)
            #expect(record?.kind == kind && record?.style == style && record?.id.number == 2)
            #expect(CorrectionRecord(event, at: plain, status: .delivered) == nil)
        }
    }
}
