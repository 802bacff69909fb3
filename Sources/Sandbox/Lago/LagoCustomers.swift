import Foundation
import HTTPTypes

/// Lago's customers and their subscriptions.
extension LagoSimulator {
    /// The plans that there are.
    private static let plans = ["starter", "pro"]

    /// Nil for a path that is none of theirs.
    func answerCustomers(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.starts(with: ["api", "v1"]), parts.count > 2 else { return nil }
        switch (request.method, parts[2], parts.count) {
        case (.post, "customers", 3): return createCustomer(request, now)
        case (.get, "customers", 3): return list(books.customers.all.map(customer), as: "customers", request)
        case (.get, "customers", 4): return found(books.customers.find(externalID: parts[3]), "customer", customer)
        case (.delete, "customers", 4):
            let record = books.customers.find(externalID: parts[3])
            if let record { books.customers.remove(record) }
            return found(record, "customer", customer)
        case (.get, "customers", 5) where parts[4] == "current_usage":
            return currentUsage(of: parts[3], request, now)
        case (.get, "customers", 5) where parts[4] == "past_usage": return pastUsage(of: parts[3], request, now)
        case (.post, "subscriptions", 3): return createSubscription(request, now)
        case (.get, "subscriptions", 3): return listSubscriptions(request, now)
        case (.get, "subscriptions", 4):
            return found(showing(parts[3], request, now), "subscription") { subscription($0, now) }
        default: return nil
        }
    }

    /// The active ones, unless others are asked for. Source: getlago/lago-api, app/controllers/concerns/subscription_index.rb.
    private func listSubscriptions(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let asked = Set(request.query.filter { $0.name == "status[]" }.map(\.value))
        let statuses = asked.isEmpty ? ["active"] : asked
        let id = request.parameter("external_id")
        let owner = request.parameter("external_customer_id")
        let known = id.map { knownSubscription($0).map { [$0] } ?? [] } ?? books.subscriptions.all
        let records = known.filter { record in
            statuses.contains(Self.status(of: record, at: now))
                && (owner.map { $0 == record.fields["external_customer_id"]?.string } ?? true)
        }
        return list(records.map { subscription($0, now) }, as: "subscriptions", request)
    }

    /// An active one, unless another status is asked for.
    private func showing(_ id: String, _ request: SimulatedRequest, _ now: Date) -> Records.Record? {
        knownSubscription(id).flatMap { record in
            Self.status(of: record, at: now) == request.parameter("status") ?? "active" ? record : nil
        }
    }

    /// One that was made, or one that need not be made: every id that starts with `sub` has run for ever, so that estimates and comparisons can
    /// be tried, but for those that the setting `without_subscription` names. Customers, usage and bills are of those that were made.
    func knownSubscription(_ id: String) -> Records.Record? {
        if let made = books.subscriptions.find(externalID: id) { return made }
        guard id.hasPrefix("sub"), !books.settings.withoutSubscription.contains(id) else { return nil }
        let owner = id.hasPrefix("sub_") ? String(id.dropFirst(4)) : id
        return Records.Record(
            id: "8a4db0c5-0000-4000-8000-000000000004",
            externalID: id,
            createdAt: Date(timeIntervalSince1970: 0),
            fields: ["external_customer_id": .string(owner), "plan_code": "starter"]
        )
    }

    /// A subscription's status: it is terminated once its end has passed.
    static func status(of subscription: Records.Record, at now: Date) -> String {
        let end = subscription.fields["ending_at"]?.string.flatMap(SandboxTime.read)
        if let end, end <= now { return "terminated" }
        return start(of: subscription) <= now ? "active" : "pending"
    }

    /// A record below its name, or 404.
    func found(_ record: Records.Record?, _ name: String, _ json: (Records.Record) -> SandboxJSON)
        -> SimulatedAnswer
    {
        guard let record else { return notFound("\(name)_not_found") }
        return SimulatedAnswer(200, .object([.init(name: name, value: json(record))]))
    }

    /// A page of records, with Lago's `meta`.
    func list(_ all: [SandboxJSON], as name: String, _ request: SimulatedRequest) -> SimulatedAnswer {
        let size = SandboxPage.size(request.parameter("per_page").flatMap { Int($0) }, standard: 100)
        let page = SandboxPage.number(request.parameter("page").flatMap { Int($0) })
        let (skipped, isFar) = (page - 1).multipliedReportingOverflow(by: size)
        let slice = all.dropFirst(isFar ? all.count : skipped).prefix(size)
        let meta = Self.meta(page: page, size: size, total: all.count)
        return SimulatedAnswer(
            200,
            .object([.init(name: name, value: .array(Array(slice))), .init(name: "meta", value: meta)])
        )
    }

    /// An external id that is known changes that customer.
    private func createCustomer(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body) else {
            return SimulatedAnswer(400, ["status": 400, "error": "Bad Request"])
        }
        guard let fields = body["customer"], fields.members?.isEmpty == false else { return missingRoot("customer") }
        guard let id = fields["external_id"]?.string, !id.isEmpty else {
            return refused(["external_id": ["value_is_mandatory"]])
        }
        if let email = fields["email"]?.string, !email.contains("@") {
            return refused(["email": ["invalid_email_format"]])
        }
        if let currency = fields["currency"]?.string, currency.count != 3 {
            return refused(["currency": ["value_is_invalid"]])
        }
        let record = books.customers.keep(fields, externalID: id, at: now)
        return SimulatedAnswer(200, ["customer": customer(record)])
    }

    private func customer(_ record: Records.Record) -> SandboxJSON {
        var members: [SandboxJSON.Member] = [
            .init(name: "lago_id", value: .string(record.id)),
            .init(name: "external_id", value: .string(record.externalID ?? "")),
        ]
        for name in ["name", "email", "currency", "country", "city", "timezone"] {
            members.append(.init(name: name, value: record.fields[name] ?? nil))
        }
        members += [
            .init(name: "applicable_timezone", value: record.fields["timezone"] ?? "UTC"),
            .init(name: "created_at", value: .string(SandboxTime.text(record.createdAt, decimals: 0))),
            .init(name: "updated_at", value: .string(SandboxTime.text(record.createdAt, decimals: 0))),
        ]
        return .object(members)
    }

    private func createSubscription(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body) else {
            return SimulatedAnswer(400, ["status": 400, "error": "Bad Request"])
        }
        guard let fields = body["subscription"], fields.members?.isEmpty == false else {
            return missingRoot("subscription")
        }
        guard let owner = fields["external_customer_id"]?.string, !owner.isEmpty else {
            return refused(["external_customer_id": ["value_is_mandatory"]])
        }
        guard let plan = fields["plan_code"]?.string, Self.plans.contains(plan) else {
            return notFound("plan_not_found")
        }
        guard let id = fields["external_id"]?.string, !id.isEmpty else {
            return refused(["external_id": ["value_is_mandatory"]])
        }
        // A customer that is not there comes into being with the subscription.
        if books.customers.find(externalID: owner) == nil {
            _ = books.customers.keep(["external_id": .string(owner)], externalID: owner, at: now)
        }
        return SimulatedAnswer(
            200,
            ["subscription": subscription(books.subscriptions.keep(fields, externalID: id, at: now), now)]
        )
    }

    private func subscription(_ record: Records.Record, _ now: Date) -> SandboxJSON {
        let period = Self.running(record, at: now)
        let owner = record.fields["external_customer_id"]?.string ?? ""
        let (start, status) = (Self.start(of: record), Self.status(of: record, at: now))
        let created = SandboxTime.text(record.createdAt, decimals: 0)
        return [
            "lago_id": .string(record.id), "external_id": .string(record.externalID ?? ""),
            "lago_customer_id": books.customers.find(externalID: owner).map { .string($0.id) } ?? nil,
            "external_customer_id": .string(owner), "name": record.fields["name"] ?? nil,
            "plan_code": record.fields["plan_code"] ?? nil, "status": .string(status),
            "billing_time": record.fields["billing_time"] ?? "calendar",
            "current_billing_period_started_at": .string(period.first),
            "current_billing_period_ending_at": .string(period.last),
            "subscription_at": .string(SandboxTime.text(start, decimals: 0)),
            "started_at": status == "pending" ? nil : .string(SandboxTime.text(start, decimals: 3)),
            "created_at": .string(created),
            "terminated_at": status == "terminated" ? record.fields["ending_at"] ?? nil : nil, "canceled_at": nil,
            "ending_at": record.fields["ending_at"] ?? nil,
            "previous_plan_code": nil, "next_plan_code": nil,
        ]
    }
}
