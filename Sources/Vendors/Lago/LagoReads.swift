import Events
import JSON

/// Reads from Lago: one event by its id, lists of a subscription or a metric, estimates of what an event would cost.
///
/// Source: getlago/lago-api, events_controller.rb and events_query.rb.
struct LagoReads: VendorReader {
    let abilities: Set<VendorAbility> = [.find, .list, .estimate, .compare, .usage, .subscriptions]

    static let vendor = LagoAdapter.vendor
    static let largestPage = 100

    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        let prefix = wanted.destination.flatMap { LagoSettings($0.settings).idPrefix }
        let id = wanted.known.map { EventIdentity.scoped($0, by: $0.subscriptionID ?? "", prefix: prefix) }
        let path = "/api/v1/events/\(PercentEncoding.encoded(id ?? wanted.id.rawValue))"
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            if answer.status == 404, JSONDocument(ifValid: answer.body)?.root["code"]?.string == "event_not_found" {
                return .done([])
            }
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let shown = document.root["event"], var event = Self.event(shown) else {
                    return .failed(read.notUnderstood)
                }
                event.notes += Self.notes(on: event, expecting: wanted.known)
                return .done([event])
            }
        }
    }

    /// Lago gives the first event with the id, of whatever subscription; on ClickHouse ids are not even unique within one.
    private static func notes(on event: VendorEvent, expecting known: AcceptedEvent?) -> [String] {
        guard let known else { return ["Lago shows the first of all events with this id, whatever their subscription"] }
        if event.name.exact != known.name.exact || event.timestamp != known.timestamp
            || known.subscriptionID.map({ $0.exact != event.subscriptionID?.exact }) ?? false
        {
            return [
                "the gateway sent another name, timestamp or subscription: Lago may show another event with this id"
            ]
        }
        return []
    }

    func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage> {
        let filter = query.filter
        guard query.order == .newestFirst else {
            return .unsupported("Lago lists the newest events first and in no other order")
        }
        guard filter.customerIDs.isEmpty else {
            return .unsupported("Lago's events name no customer; filter by subscription_id")
        }
        guard filter.sources.isEmpty else { return .unsupported("Lago does not store a source") }
        guard let page = CountedPage(query, largest: Self.largestPage) else {
            return .unsupported("the cursor is not from a Lago provider")
        }
        var parameters = [(name: "page", value: "\(page.number)")]
        parameters.append(("per_page", "\(page.size)"))
        var filteredByGateway: [String] = filter.ids.isEmpty ? [] : ["id"]
        if filter.subscriptionIDs.count == 1, let subscription = filter.subscriptionIDs.first {
            parameters.append(("external_subscription_id", subscription))
        } else if !filter.subscriptionIDs.isEmpty {
            filteredByGateway.append("subscription_id")
        }
        if filter.names.count == 1, let name = filter.names.first {
            parameters.append(("code", name))
        } else if !filter.names.isEmpty {
            filteredByGateway.append("name")
        }
        if let from = filter.from { parameters.append(("timestamp_from", from.rfc3339)) }
        if let before = filter.before { parameters.append(("timestamp_to", before.rfc3339)) }
        let request = VendorRequest(method: "GET", path: "/api/v1/events" + PercentEncoding.query(parameters), body: [])
        return .read(request, of: Self.vendor) { [filteredByGateway] root, read in
            guard let shown = root["events"], shown.kind == .array else { return .failed(read.notUnderstood) }
            let events = shown.elements.map(Self.event)
            guard events.allSatisfy({ $0 != nil }) else { return .failed(read.notUnderstood) }
            let hasMore = root["meta"]?["next_page"]?.int64 != nil
            return .done(
                VendorEventPage(
                    events: events.compactMap { $0 }.filter(filter.takes),
                    next: hasMore ? page.next : nil,
                    filteredByGateway: filteredByGateway,
                    notes: [
                        "Lago on ClickHouse shows property values as text, and repeats of an event before it merges them"
                    ]
                )
            )
        }
    }

    var obstacles: ObstacleTraits { ObstacleTraits(ofEvents: [.noMetric], ofSubscriptions: true) }

    /// By an estimate, which looks for the metric once it has found an active subscription. Whether there is one is told of now alone,
    /// which says nothing of the event's own time.
    func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?> {
        .ask(Self.estimateRequest(event)) { answer in
            let code = JSONDocument(ifValid: answer.body)?.root["code"]?.string
            switch (answer.status, code) {
            case (404, "billable_metric_not_found"): return .done(.noMetric)
            case (404, "subscription_not_found"), (200, _), (422, _): return .done(nil)
            default: return .failed(ReadAnswer(vendor: Self.vendor, answer: answer).fault)
            }
        }
    }

    private static func estimateRequest(_ event: TranslatedEvent) -> VendorRequest {
        let body = EventEnvelope.joined([event], opening: #"{"event":"#, closing: "}")
        return VendorRequest(path: "/api/v1/events/estimate_fees", body: body)
    }

    func estimate(_ event: TranslatedEvent) -> VendorInquiry<Estimate> {
        .ask(Self.estimateRequest(event)) { answer in
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            switch read.document {
            case .failure(let fault): return .failed(Self.estimateFault(of: answer) ?? fault)
            case .success(let document):
                guard let fees = document.root["fees"], fees.kind == .array else { return .failed(read.notUnderstood) }
                let charges = fees.elements.map(Self.charge)
                guard charges.allSatisfy({ $0 != nil }) else { return .failed(read.notUnderstood) }
                return .done(Estimate(charges: charges.compactMap { $0 }))
            }
        }
    }

    /// What Lago cannot price is a property of the event, not a failure of the question.
    private static func estimateFault(of answer: VendorAnswer) -> DeliveryFault? {
        guard let root = JSONDocument(ifValid: answer.body)?.root else { return nil }
        let quote = VendorMessage.quoted(body: answer.body)
        switch (answer.status, root["code"]?.string) {
        case (404, "subscription_not_found"):
            return DeliveryFault(
                code: .unknownCustomer,
                message: "Lago (404) has no active subscription of this id",
                vendor: quote
            )
        case (404, "billable_metric_not_found"):
            return DeliveryFault(
                code: .unknownName,
                message: "Lago (404) has no billable metric of this name",
                vendor: quote
            )
        case (422, _):
            let isArrears = String(decoding: answer.body, as: UTF8.self).contains("does_not_match_an_instant_charge")
            let message =
                isArrears
                ? "Lago (422) bills this metric in arrears, and prices in advance only what is paid in advance"
                : "Lago (422) refuses the event"
            return DeliveryFault(code: isArrears ? .unsupported : .invalidEvent, message: message, vendor: quote)
        default: return nil
        }
    }

    private static func charge(_ fee: JSONValue) -> Estimate.Charge? {
        guard let currency = fee["amount_currency"]?.string, let amount = fee["amount_cents"]?.int64 else { return nil }
        let taxes = fee["taxes_amount_cents"]?.int64 ?? 0
        guard let total = fee["total_amount_cents"]?.int64 ?? Self.sum(amount, taxes) else { return nil }
        let item = fee["item"]
        return Estimate.Charge(
            name: item?["invoice_display_name"]?.string ?? item?["name"]?.string ?? item?["code"]?.string,
            currency: currency,
            units: text(fee["units"]),
            unitAmount: text(fee["precise_unit_amount"]),
            amount: Money(minor: amount, currency: currency),
            taxes: Money(minor: taxes, currency: currency),
            total: Money(minor: total, currency: currency)
        )
    }

    /// Nil if no `Int64` holds it.
    private static func sum(_ amount: Int64, _ taxes: Int64) -> Int64? {
        let (sum, overflows) = amount.addingReportingOverflow(taxes)
        return overflows ? nil : sum
    }

    /// A decimal, which the document has as text and some endpoints as a number.
    static func text(_ value: JSONValue?) -> String? { value?.string ?? value?.numberText }

    /// The members of an event that are Lago's alone.
    private static let ownMembers = [
        "lago_id", "lago_customer_id", "lago_subscription_id", "precise_total_amount_cents", "created_at",
    ]

    private static func timestamp(_ value: JSONValue) -> Timestamp? {
        Timestamp(rfc3339: value) ?? text(value).flatMap { Timestamp(unixSeconds: $0) }
    }

    static func event(_ shown: JSONValue) -> VendorEvent? { event(shown, own: ownMembers) }

    /// - Parameter own: which of the members that are Lago's alone are wanted.
    static func event(_ shown: JSONValue, own: [String]) -> VendorEvent? {
        guard let id = shown["transaction_id"]?.string, let code = shown["code"]?.string,
            let time = shown["timestamp"].flatMap(timestamp)
        else { return nil }
        return VendorEvent(
            id: id,
            name: code,
            subscriptionID: shown["external_subscription_id"]?.string,
            timestamp: time,
            properties: OwnFields.properties(shown["properties"]),
            own: OwnFields.picked(own, from: shown)
        )
    }
}
