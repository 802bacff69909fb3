import Foundation
import HTTPTypes

/// Polar's customers, their subscriptions and the state that holds their usage. The organization sells nothing: there are no products to
/// subscribe to.
extension PolarSimulator {
    /// Nil for a path that is none of theirs.
    func answerCustomers(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let endsInSlash = request.path.hasSuffix("/")
        guard parts.first == "v1", parts.count > 1 else { return nil }
        switch (request.method, Array(parts.dropFirst())) {
        case (.post, ["customers"]) where endsInSlash: return createCustomer(request, now)
        case (.get, ["customers"]) where endsInSlash: return listCustomers(request)
        case (.get, ["subscriptions"]) where endsInSlash: return page([], of: 0, request)
        case (.post, ["subscriptions"]) where endsInSlash: return createSubscription(request)
        case (_, ["customers"]), (_, ["subscriptions"]):
            return endsInSlash
                ? wrongMethod : SimulatedAnswer(empty: 307, headers: [("Location", "/polar\(request.path)/")])
        case (.get, let rest) where rest.count == 3 && rest.starts(with: ["customers", "external"]):
            return shown(books.customers.find(externalID: rest[2])) { customer($0) }
        case (.get, let rest)
        where rest.count == 4 && rest.starts(with: ["customers", "external"]) && rest[3] == "state":
            return shown(books.customers.find(externalID: rest[2])) { state($0, now) }
        case (.get, let rest) where rest.count == 2 && rest[0] == "customers":
            guard UUID(uuidString: rest[1]) != nil else { return badID(rest[1]) }
            return shown(books.customers.find(id: rest[1].lowercased())) { customer($0) }
        case (.delete, let rest) where rest.count == 3 && rest.starts(with: ["customers", "external"]):
            guard let record = books.customers.find(externalID: rest[2]) else { return missing }
            books.customers.remove(record)
            return SimulatedAnswer(empty: 204)
        case (.get, let rest) where rest.count == 2 && rest[0] == "subscriptions":
            return UUID(uuidString: rest[1]) == nil ? badID(rest[1]) : missing
        default: return nil
        }
    }

    private var wrongMethod: SimulatedAnswer { SimulatedAnswer(405, ["detail": "Method Not Allowed"]) }
    private var missing: SimulatedAnswer { SimulatedAnswer(404, ["error": "ResourceNotFound", "detail": "Not found"]) }

    private func shown(_ record: Records.Record?, _ json: (Records.Record) -> SandboxJSON) -> SimulatedAnswer {
        record.map { SimulatedAnswer(200, json($0)) } ?? missing
    }

    /// pydantic's error for an ID in the path that is not a UUID.
    private func badID(_ text: String) -> SimulatedAnswer {
        refusal(
            "uuid_parsing",
            ["path", "id"],
            "Input should be a valid UUID",
            .string(text),
            "RequestValidationError"
        )
    }

    /// 422 with one validation error.
    private func refusal(
        _ type: String,
        _ location: SandboxJSON,
        _ message: String,
        _ input: SandboxJSON,
        _ error: String
    ) -> SimulatedAnswer {
        SimulatedAnswer(
            422,
            [
                "error": .string(error),
                "detail": [["type": .string(type), "loc": location, "msg": .string(message), "input": input]],
            ]
        )
    }

    private func createCustomer(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body), body.members != nil else {
            return refusal("json_invalid", ["body", 0], "JSON decode error", [:], "RequestValidationError")
        }
        guard let email = body["email"]?.string else {
            return refusal("missing", ["body", "email"], "Field required", body, "RequestValidationError")
        }
        guard email.contains("@") else {
            let message = "value is not a valid email address: An email address must have an @-sign."
            return refusal("value_error", ["body", "email"], message, .string(email), "RequestValidationError")
        }
        if books.customers.all.contains(where: { $0.fields["email"]?.string?.lowercased() == email.lowercased() }) {
            let message = "A customer with this email address already exists."
            return refusal("value_error", ["body", "email"], message, .string(email), "PolarRequestValidationError")
        }
        let id = body["external_id"]?.string
        if let id, books.customers.find(externalID: id) != nil {
            let message = "A customer with this external ID already exists."
            return refusal("value_error", ["body", "external_id"], message, .string(id), "PolarRequestValidationError")
        }
        return SimulatedAnswer(201, customer(books.customers.keep(body, externalID: id, at: now)))
    }

    func customer(_ record: Records.Record, _ more: [SandboxJSON.Member] = []) -> SandboxJSON {
        let fields: SandboxJSON = [
            "id": .string(record.id), "created_at": .string(SandboxTime.text(record.createdAt, decimals: 6)),
            "modified_at": nil, "metadata": record.fields["metadata"] ?? [:],
            "external_id": record.externalID.map { .string($0) } ?? nil, "email": record.fields["email"] ?? nil,
            "email_verified": false, "type": "individual", "name": record.fields["name"] ?? nil, "billing_name": nil,
            "billing_address": nil, "tax_id": nil, "locale": nil, "organization_id": .string(Self.organization),
            "default_payment_method_id": nil, "deleted_at": nil, "first_user_event_at": nil, "avatar_url": nil,
        ]
        return .object((fields.members ?? []) + more)
    }

    /// With a meter for each name of the customer's events, each event one unit.
    private func state(_ record: Records.Record, _ now: Date) -> SandboxJSON {
        let units = record.externalID.map { books.counts(ofCustomer: $0, at: now) } ?? [:]
        let time = SandboxTime.text(now, decimals: 6)
        let meters = units.sorted { $0.key < $1.key }.enumerated().map { index, meter -> SandboxJSON in
            [
                "id": .string("00000000-0000-4000-8000-00000000010\(index % 10)"), "created_at": .string(time),
                "modified_at": nil, "meter_id": .string("00000000-0000-4000-8000-00000000020\(index % 10)"),
                "consumed_units": .number("\(meter.value).0"), "credited_units": 0,
                "balance": .number("-\(meter.value).0"),
            ]
        }
        return customer(
            record,
            [
                .init(name: "active_subscriptions", value: []), .init(name: "granted_benefits", value: []),
                .init(name: "active_meters", value: .array(meters)),
            ]
        )
    }

    private func listCustomers(_ request: SimulatedRequest) -> SimulatedAnswer {
        let found = books.customers.all.reversed().filter { record in
            (request.parameter("email").map { $0 == record.fields["email"]?.string } ?? true)
                && (request.parameter("external_id").map { $0 == record.externalID } ?? true)
        }
        let size = SandboxPage.size(request.parameter("limit").flatMap { Int($0) }, standard: 10)
        let page = SandboxPage.number(request.parameter("page").flatMap { Int($0) })
        let (skipped, isFar) = (page - 1).multipliedReportingOverflow(by: size)
        let slice = found.dropFirst(isFar ? found.count : skipped).prefix(size)
        return self.page(slice.map { customer($0) }, of: found.count, request)
    }

    private func page(_ items: [SandboxJSON], of total: Int, _ request: SimulatedRequest) -> SimulatedAnswer {
        let size = SandboxPage.size(request.parameter("limit").flatMap { Int($0) }, standard: 10)
        let pages = total / size + (total % size == 0 ? 0 : 1)
        return SimulatedAnswer(
            200,
            [
                "items": .array(items),
                "pagination": ["total_count": .number("\(total)"), "max_page": .number("\(pages)")],
            ]
        )
    }

    private func createSubscription(_ request: SimulatedRequest) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body), body.members != nil else {
            return refusal("json_invalid", ["body", 0], "JSON decode error", [:], "RequestValidationError")
        }
        guard let product = body["product_id"]?.string else {
            return refusal("missing", ["body", "product_id"], "Field required", body, "RequestValidationError")
        }
        return refusal(
            "value_error",
            ["body", "product_id"],
            "Product does not exist.",
            .string(product),
            "PolarRequestValidationError"
        )
    }
}
