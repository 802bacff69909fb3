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
            return search(books.subscriptions.all.map(subscription), request)
        case (.get, let rest) where rest.count == 2 && rest[0] == "subscriptions":
            return shown(books.subscriptions.find(id: rest[1]), "subscription", subscription)
        default: return nil
        }
    }

    private func failure(_ status: Int, _ code: String, _ message: String) -> SimulatedAnswer {
        SimulatedAnswer(
            status,
            ["code": .string(code), "message": .string(message), "http_status_code": .number("\(status)")]
        )
    }

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
        return SimulatedAnswer(201, subscription(books.subscriptions.keep(body, externalID: nil, at: now)))
    }

    private func subscription(_ record: Records.Record) -> SandboxJSON {
        let started = SandboxTime.text(Self.start(of: record))
        let created = SandboxTime.text(record.createdAt)
        let owner =
            record.fields["customer_id"]?.string
            ?? record.fields["external_customer_id"]?.string.flatMap { books.customers.find(externalID: $0)?.id } ?? ""
        return [
            "id": .string(record.id), "customer_id": .string(owner), "plan_id": record.fields["plan_id"] ?? "",
            "currency": record.fields["currency"] ?? "", "subscription_status": "active", "status": "published",
            "billing_period": record.fields["billing_period"] ?? "MONTHLY", "billing_period_count": 1,
            "start_date": .string(started), "created_at": .string(created), "updated_at": .string(created),
            "version": 1,
        ]
    }
}
