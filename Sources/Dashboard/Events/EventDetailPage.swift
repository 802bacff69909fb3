package import Events

/// One event: what was accepted, what happened at each vendor, and what may be done.
package struct EventDetailPage: PageContent {
    /// A name and a value.
    struct Fact: Sendable {
        let label: String
        let text: String
    }

    /// One delivery.
    struct Lane: Sendable {
        let provider: String
        let providerHref: String
        let adapter: String
        let mode: String
        let mark: String
        let faultText: String?
        /// What to do about it; nil if nothing is wrong.
        let remedy: String?
        let nextAttempt: TimeText?
        let attempts: [Try]
        let sent: Sent
        let vendorHref: String
        let vendor: VendorView?
        let droppedFields: String?
        let key: String
        let retryHref: String?
        let discardHref: String?
    }

    /// One attempt.
    struct Try: Sendable {
        let at: TimeText
        let mark: String
        let http: String
        let latency: String
        let said: String
    }

    /// The request as it is sent.
    struct Sent: Sendable {
        let line: String?
        let body: String
        /// Why there is none.
        let reason: String?
    }

    /// The event as the vendor shows it, or why it does not.
    struct VendorView: Sendable {
        let body: String?
        let reason: String?
        let notes: [String]
        let differences: [Difference]
        let isEqual: Bool
    }

    /// A field that differs.
    struct Difference: Sendable {
        let field: String
        let accepted: String
        let shown: String
    }

    package static let template = "Event"
    package let title: String
    let id: String
    let head: [Fact]
    let others: [Other]
    let hasOthers: Bool
    let accepted: String
    let timelineMarkup: String
    let lanes: [Lane]
    let hasNoLanes: Bool
    let curl: String?
    /// A form that begins with this event.
    let tryHref: String
    let refreshHref: String
    /// All deliveries, and those that failed at least once.
    let tabs: [Other]
    let showsFailedOnly: Bool
    let corrections: EventCorrections
    let comparisons: EventComparisons?
    let comparisonsHref: String

    /// Another event with the same id.
    struct Other: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    /// What a handler found out about one delivery.
    package struct DeliveryFacts: Sendable {
        package let delivery: Delivery
        package let request: Request
        /// The fields of the event that the vendor has no place for.
        package let droppedFields: [String]
        /// What the vendor shows; nil if it was not asked.
        package let shown: VendorState?

        /// The request that carries the event alone.
        package enum Request: Sendable {
            case sent(VendorRequest, baseURL: String)
            case untranslatable(Untranslatable)
            /// The provider is no longer in `routes.json`, or is another vendor's now.
            case unknown
        }

        /// What a vendor answered.
        package enum VendorState: Sendable {
            case event(VendorEvent)
            case none(String)
        }

        package init(_ delivery: Delivery, request: Request, droppedFields: [String], shown: VendorState?) {
            self.delivery = delivery
            self.request = request
            self.droppedFields = droppedFields
            self.shown = shown
        }
    }

    /// What else the page depends on.
    package struct Options: Sendable {
        package let hidesProperties: Bool
        package let mayRevise: Bool
        /// The gateway's own address, for the `curl` command.
        package let address: String
        /// Whether only deliveries that failed at least once are shown, and of them only the attempts that failed.
        package let showsFailedOnly: Bool

        package init(hidesProperties: Bool, mayRevise: Bool, address: String, showsFailedOnly: Bool = false) {
            self.hidesProperties = hidesProperties
            self.mayRevise = mayRevise
            self.address = address
            self.showsFailedOnly = showsFailedOnly
        }
    }

    /// - Parameters:
    ///   - number: which of the events that share the id.
    ///   - count: how many share it.
    ///   - corrections: those that were made, and what may be corrected.
    ///   - comparisons: what comparisons with vendors found about it; nil if nobody asked.
    package init(
        _ event: ArchivedEvent,
        _ deliveries: [DeliveryFacts],
        number: Int,
        of count: Int,
        corrections: EventCorrections,
        comparisons: EventComparisons? = nil,
        _ options: Options
    ) {
        let accepted = event.event
        id = accepted.id.rawValue
        title = id
        head = Self.head(accepted)
        hasOthers = count > 1
        let address = PageLink.event(id)
        others =
            count < 2
            ? []
            : (0..<count).map { place in
                Other(
                    label: "\(place + 1)",
                    href: PageLink.address(address, [("n", place == 0 ? nil : "\(place)")]),
                    isCurrent: place == number
                )
            }
        self.accepted = EventText.canonical(accepted, hidesProperties: options.hidesProperties)
        let isShown: (Delivery) -> Bool = { !options.showsFailedOnly || Self.hasFailed($0) }
        timelineMarkup =
            EventTimeline(
                id: "timeline",
                acceptedAt: accepted.acceptedAt,
                deliveries: event.deliveries.filter(isShown)
            ).markup
        let numbered: [(name: String, value: String?)] = [("n", number == 0 ? nil : "\(number)")]
        let failedOnly: [(name: String, value: String?)] = numbered + [("show", "failed")]
        let kept = options.showsFailedOnly ? failedOnly : numbered
        refreshHref = PageLink.address(address, kept)
        lanes = deliveries.enumerated().filter { isShown($1.delivery) }.map {
            Self.lane($1, accepted, key: "lane-\($0)", address, kept, options)
        }
        showsFailedOnly = options.showsFailedOnly
        let failed = deliveries.count { Self.hasFailed($0.delivery) }
        tabs = [
            Other(
                label: "All deliveries (\(deliveries.count))",
                href: PageLink.address(address, numbered),
                isCurrent: !options.showsFailedOnly
            ),
            Other(
                label: "Failed only (\(failed))",
                href: PageLink.address(address, failedOnly),
                isCurrent: options.showsFailedOnly
            ),
        ]
        self.corrections = corrections
        self.comparisons = comparisons
        comparisonsHref = PageLink.address(address, kept + [("comparisons", "1")]) + "#comparisons"
        hasNoLanes = deliveries.isEmpty
        tryHref = PageLink.address(Screen.try.path, [("event", id)])
        curl = options.hidesProperties ? nil : EventText.curl(accepted, to: options.address)
    }

    /// Whether a delivery, or an attempt of it, did not succeed.
    private static func hasFailed(_ delivery: Delivery) -> Bool {
        [.rejected, .uncertain, .retrying, .discarded].contains(delivery.status)
            || delivery.history.contains { $0.status != .delivered }
    }

    private static func head(_ event: AcceptedEvent) -> [Fact] {
        var facts = [Fact(label: "Name", text: event.name)]
        if let customer = event.customerID { facts.append(Fact(label: "Customer", text: customer)) }
        if let subscription = event.subscriptionID { facts.append(Fact(label: "Subscription", text: subscription)) }
        facts.append(Fact(label: "Event time", text: "\(TimeText(event.timestamp, showsMilliseconds: true).text) UTC"))
        facts.append(Fact(label: "Accepted", text: "\(TimeText(event.acceptedAt, showsMilliseconds: true).text) UTC"))
        let lag = event.acceptedAt - event.timestamp
        if lag > .seconds(60) { facts.append(Fact(label: "Accepted after", text: PlainNumbers.duration(lag))) }
        if lag < .seconds(-60) {
            facts.append(Fact(label: "Accepted before", text: PlainNumbers.duration(.zero - lag)))
        }
        if let source = event.source { facts.append(Fact(label: "Source", text: source)) }
        facts.append(Fact(label: "Client", text: event.client.rawValue))
        facts.append(Fact(label: "Route", text: event.plan.route?.rawValue ?? "none matched"))
        let plan = event.plan.destinations.map { "\($0.provider) (\($0.mode.rawValue))" }.joined(separator: ", ")
        facts.append(Fact(label: "Plan", text: plan.isEmpty ? "no destination" : plan))
        return facts
    }

    private static func lane(
        _ facts: DeliveryFacts,
        _ event: AcceptedEvent,
        key: String,
        _ address: String,
        _ kept: [(name: String, value: String?)],
        _ options: Options
    ) -> Lane {
        let delivery = facts.delivery
        let provider = delivery.provider.rawValue
        let isFailed = [.rejected, .uncertain, .retrying].contains(delivery.status)
        let selection: [(name: String, value: String?)] = [
            ("id", event.id.rawValue), ("provider", provider), ("status", delivery.status.rawValue),
        ]
        let plan = "\(Screen.problems.path)/plan"
        let mayRevise = options.mayRevise && isFailed
        return Lane(
            provider: provider,
            providerHref: PageLink.provider(provider),
            adapter: delivery.adapter.rawValue,
            mode: delivery.mode.rawValue,
            mark: delivery.status.rawValue,
            faultText: delivery.fault.map(said),
            remedy: delivery.status == .delivered ? nil : delivery.fault?.code.remedy,
            nextAttempt: delivery.nextAttemptAt.map { TimeText($0) },
            attempts: delivery.history.filter { !options.showsFailedOnly || $0.status != .delivered }.map(attempt),
            sent: sent(facts.request, hidesProperties: options.hidesProperties),
            vendorHref: PageLink.address(address, kept + [("vendor", provider)]) + "#\(key)",
            vendor: facts.shown.map { view($0, of: event, at: delivery, hidesProperties: options.hidesProperties) },
            droppedFields: facts.droppedFields.isEmpty ? nil : facts.droppedFields.joined(separator: ", "),
            key: key,
            retryHref: mayRevise ? PageLink.address(plan, [("action", "retry")] + selection) : nil,
            discardHref: mayRevise ? PageLink.address(plan, [("action", "discard")] + selection) : nil
        )
    }

    private static func said(_ fault: DeliveryFault) -> String {
        "\(fault.code.rawValue): \(fault.message)" + (fault.vendor.map { " The vendor said: \($0)" } ?? "")
    }

    private static func attempt(_ attempt: Attempt) -> Try {
        Try(
            at: TimeText(attempt.at, showsMilliseconds: true),
            mark: attempt.status.rawValue,
            http: attempt.httpStatus.map { "\($0)" } ?? "-",
            latency: PlainNumbers.duration(attempt.latency),
            said: attempt.fault.map(said) ?? (attempt.deduplicated ? "The vendor had it already." : "")
        )
    }

    private static func sent(_ request: DeliveryFacts.Request, hidesProperties: Bool) -> Sent {
        switch request {
        case .sent(let request, let baseURL):
            let body = hidesProperties ? EventText.hiddenText : String(decoding: request.body, as: UTF8.self)
            return Sent(
                line: "\(request.method) \(baseURL)\(request.path)\nContent-Type: \(request.contentType)",
                body: body,
                reason: nil
            )
        case .untranslatable(let fault):
            return Sent(line: nil, body: "", reason: "It cannot be translated: \(fault.field): \(fault.message)")
        case .unknown:
            return Sent(
                line: nil,
                body: "",
                reason: "The provider is no longer in routes.json, so the request cannot be written again."
            )
        }
    }

    private static func view(
        _ shown: DeliveryFacts.VendorState,
        of event: AcceptedEvent,
        at delivery: Delivery,
        hidesProperties: Bool
    ) -> VendorView {
        switch shown {
        case .none(let reason):
            return VendorView(body: nil, reason: reason, notes: [], differences: [], isEqual: false)
        case .event(let vendor):
            let expected = delivery.destination(in: event.plan)?.name(for: event.name) ?? event.name
            let differences = VendorEventView.differences(of: vendor, from: event, named: expected)
            return VendorView(
                body: VendorEventView.text(vendor, hidesProperties: hidesProperties),
                reason: nil,
                notes: vendor.notes,
                differences: differences.map { field, accepted, shown in
                    let isHidden = hidesProperties && EventText.isOfProperties(field)
                    return Difference(
                        field: field,
                        accepted: isHidden ? EventText.hiddenText : accepted ?? "absent",
                        shown: isHidden ? EventText.hiddenText : shown ?? "absent"
                    )
                },
                isEqual: differences.isEmpty
            )
        }
    }
}
