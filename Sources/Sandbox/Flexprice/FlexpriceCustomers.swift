import Foundation
import HTTPTypes

/// Flexprice's customers and their subscriptions.
extension FlexpriceSimulator {
    /// The plans that there are.
    private static let plans = ["plan_starter", "plan_pro"]

    /// Nil for a path that is none of theirs.
    func answerCustomers(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.first == "v1", parts.count > 1, !request.path.hasSuffix("/") else { return nil }
        switch (request.method, Array(parts.dropFirst())) {
        case (.post, ["customers"]): return createCustomer(request, now)
        case (.post, ["customers", "search"]): return search(books.customers.all.map(customer), request)
        case (.get, let rest) where rest.count == 3 && rest.starts(with: ["customers", "external"]):
            return shown(books.customers.find(externalID: rest[2]), "customer", customer)
        case (.get, let rest) where rest.count == 2 && rest[0] == "customers":
            return shown(books.customers.find(id: rest[1]), "customer", customer)
        case (.post, ["subscriptions"]): return createSubscription(request, now)
        case (.post, ["subscriptions", "search"]):
            return searchSubscriptions(request, now)
        case (.get, let rest) where rest.count == 2 && rest[0] == "subscriptions":
            return shown(books.subscriptions.find(id: rest[1]), "subscription") { subscription($0, now) }
        default: return nil
        }
    }

    /// An error in Flexprice's form.
    private func failure(_ status: Int, _ code: String, _ message: String) -> SimulatedAnswer {
        SimulatedAnswer(
            status,
            ["code": .string(code), "message": .string(message), "http_status_code": .number("\(status)")]
        )
    }

    /// A record, or 404 that names what was not found.
    private func shown(_ record: Records.Record?, _ what: String, _ json: (Records.Record) -> SandboxJSON)
        -> SimulatedAnswer
    {
        record.map { SimulatedAnswer(200, json($0)) } ?? failure(404, "not_found", "\(what) not found")
    }

    private func search(_ all: [SandboxJSON], _ request: SimulatedRequest) -> SimulatedAnswer {
        search(all, SandboxJSON(beginning: request.body) ?? [:])
    }

    /// A page of a list, the newest first.
    func search(_ all: [SandboxJSON], _ body: SandboxJSON) -> SimulatedAnswer {
        let limit = SandboxPage.size(body["limit"]?.number.flatMap { Int($0) }, standard: 50)
        let offset = SandboxPage.skipped(body["offset"]?.number.flatMap { Int($0) })
        return SimulatedAnswer(
            200,
            [
                "items": .array(Array(all.reversed().dropFirst(offset).prefix(limit))),
                "pagination": [
                    "total": .number("\(all.count)"), "limit": .number("\(limit)"), "offset": .number("\(offset)"),
                ],
            ]
        )
    }

    private func createCustomer(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), body.members != nil else {
            return failure(400, "validation_error", "Invalid request payload")
        }
        guard let id = body["external_id"]?.string, !id.isEmpty, body["name"]?.string?.isEmpty == false else {
            return failure(400, "validation_error", "Request validation failed")
        }
        guard books.customers.find(externalID: id) == nil else {
            return failure(409, "already_exists", "A customer with this identifier already exists")
        }
        return SimulatedAnswer(201, customer(books.customers.keep(body, externalID: id, at: now)))
    }

    private func customer(_ record: Records.Record) -> SandboxJSON {
        [
            "id": .string(record.id), "external_id": .string(record.externalID ?? ""),
            "name": record.fields["name"] ?? "", "email": record.fields["email"] ?? "",
            "metadata": record.fields["metadata"] ?? [:], "tenant_id": "tenant_sandbox",
            "environment_id": "env_sandbox",
            "status": "published", "created_at": .string(SandboxTime.text(record.createdAt)),
            "updated_at": .string(SandboxTime.text(record.createdAt)),
        ]
    }

    /// When a subscription began, which may be before it was made.
    static func start(of subscription: Records.Record) -> Date {
        subscription.fields["start_date"]?.string.flatMap(SandboxTime.read) ?? subscription.createdAt
    }

    /// When a subscription ends; nil if it goes on.
    static func end(of subscription: Records.Record) -> Date? {
        subscription.fields["end_date"]?.string.flatMap(SandboxTime.read)
    }

    /// Whether its months are the calendar's, which is what this simulator takes where the request does not say.
    private static func followsCalendar(_ subscription: Records.Record) -> Bool {
        subscription.fields["billing_cycle"]?.string != "anniversary"
    }

    /// A billing month, in whole seconds since 1970; the end does not belong to it.
    static func month(containing second: Int, of subscription: Records.Record) -> (from: Int, until: Int) {
        guard !followsCalendar(subscription) else {
            return (SandboxTime.startOfMonth(second), SandboxTime.startOfNextMonth(second))
        }
        return SandboxTime.month(containing: second, anchoredAt: Self.second(of: start(of: subscription)))
    }

    /// Whole seconds since 1970, rounded down.
    private static func second(of date: Date) -> Int {
        SandboxTime.floored(SandboxTime.milliseconds(date), by: 1000).quotient
    }

    private func createSubscription(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), body.members != nil else {
            return failure(400, "validation_error", "Invalid request payload")
        }
        guard let plan = body["plan_id"]?.string, !plan.isEmpty, body["currency"]?.string?.isEmpty == false else {
            return failure(400, "validation_error", "Request validation failed")
        }
        let owner =
            body["customer_id"]?.string.flatMap { books.customers.find(id: $0) }
            ?? body["external_customer_id"]?.string.flatMap { books.customers.find(externalID: $0) }
        guard owner != nil else { return failure(404, "not_found", "customer not found") }
        guard Self.plans.contains(plan) else { return failure(404, "not_found", "plan not found") }
        return SimulatedAnswer(201, subscription(books.subscriptions.keep(body, externalID: nil, at: now), now))
    }

    /// Active subscriptions, with their customers if the request says so.
    private func searchSubscriptions(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let body = SandboxJSON(beginning: request.body) ?? [:]
        let fields = body["expand"]?.string?.split(separator: ",") ?? []
        let active = books.subscriptions.all.filter { record in Self.end(of: record).map { now < $0 } ?? true }
        let shown = active.map { subscription($0, now, withCustomer: fields.contains("customer")) }
        return search(shown, body)
    }

    private func subscription(_ record: Records.Record, _ now: Date, withCustomer: Bool = false) -> SandboxJSON {
        let created = SandboxTime.text(record.createdAt)
        let owner =
            record.fields["customer_id"]?.string.flatMap { books.customers.find(id: $0) }
            ?? record.fields["external_customer_id"]?.string.flatMap { books.customers.find(externalID: $0) }
        let period = Self.month(containing: Self.second(of: now), of: record)
        let first = SandboxTime.text(milliseconds: period.from * 1000)
        let started = SandboxTime.text(Self.start(of: record))
        return [
            "id": .string(record.id), "customer_id": .string(owner?.id ?? ""),
            "plan_id": record.fields["plan_id"] ?? "", "currency": record.fields["currency"] ?? "",
            "subscription_status": "active", "status": "published",
            "billing_period": record.fields["billing_period"] ?? "MONTHLY", "billing_period_count": 1,
            "billing_cycle": Self.followsCalendar(record) ? "calendar" : "anniversary",
            "billing_anchor": .string(Self.followsCalendar(record) ? first : started),
            "start_date": .string(started),
            "end_date": Self.end(of: record).map { .string(SandboxTime.text($0)) } ?? nil,
            "current_period_start": .string(first),
            "current_period_end": .string(SandboxTime.text(milliseconds: period.until * 1000)),
            "cancel_at": nil, "cancel_at_period_end": false,
            "customer": withCustomer ? owner.map(customer) ?? .null : .null,
            "created_at": .string(created), "updated_at": .string(created), "version": 1,
        ]
    }
}
