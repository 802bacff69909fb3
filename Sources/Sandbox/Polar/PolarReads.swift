import Foundation

/// Polar's reads: list, names and one event.
extension PolarSimulator {
    func list(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let question: PolarQuestion
        let pages: PolarPages
        do {
            question = try PolarQuestion(request)
            pages = try PolarPages(request)
        } catch let error as PolarValidationError {
            return refused([error])
        } catch {
            return failure(500, retryAfter: nil)
        }
        guard let query = question.query else { return pages.answer([], total: 0) }
        let isUpward = request.parameter("sorting") == "timestamp"
        let page = BookPage(skipped: pages.skipped, size: pages.limit, direction: isUpward ? .upward : .downward)
        let found = books.page(query, page, at: now)
        // After the end there is no count either (server/polar/event/service.py: no ids, no total).
        return pages.answer(found.items.map(stored), total: found.items.isEmpty ? 0 : found.total)
    }

    func names(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let pages: PolarPages
        do {
            pages = try PolarPages(request)
        } catch let error as PolarValidationError {
            return refused([error])
        } catch {
            return failure(500, retryAfter: nil)
        }
        let all = PolarNamesQuestion(request).names(in: books, at: now)
        let items = all.dropFirst(pages.skipped).prefix(pages.limit).map { name -> SandboxJSON in
            [
                "name": .string(name.name), "label": .string(name.name), "source": "user",
                "occurrences": .number("\(name.count)"),
                "first_seen": .string(Self.text(microseconds: name.first * 1000)),
                "last_seen": .string(Self.text(microseconds: name.last * 1000)),
            ]
        }
        return pages.answer(items, total: all.count)
    }

    func get(_ id: String, _ now: Date) -> SimulatedAnswer {
        guard UUID(uuidString: id) != nil else {
            return SimulatedAnswer(
                422,
                [
                    "error": "RequestValidationError",
                    "detail": [
                        ["type": "uuid_parsing", "loc": ["path", "id"], "msg": "Input should be a valid UUID"]
                    ],
                ]
            )
        }
        guard let found = books.listed(vendorID: id, at: now) else {
            return SimulatedAnswer(404, ["error": "ResourceNotFound", "detail": "Not found"])
        }
        return SimulatedAnswer(200, stored(found))
    }

    /// `_cost.amount` comes back as text.
    private func metadata(_ event: SandboxJSON) -> SandboxJSON {
        let members = event["metadata"]?.members ?? []
        return .object(
            members.map { member in
                guard member.name == "_cost", let amount = member.value["amount"]?.number else { return member }
                let rest = (member.value.members ?? []).filter { $0.name == "currency" }
                return .init(name: "_cost", value: .object([.init(name: "amount", value: .string(amount))] + rest))
            }
        )
    }

    private func stored(_ found: Books.Listed) -> SandboxJSON {
        let event = found.entry.event
        let isExternal = event["external_customer_id"]?.string != nil
        return [
            "id": .string(found.vendorID), "timestamp": .string(time(found.entry, event)),
            "organization_id": .string(Self.organization),
            "customer_id": isExternal ? nil : event["customer_id"] ?? nil, "customer": nil,
            "external_customer_id": event["external_customer_id"] ?? nil, "member_id": event["member_id"] ?? nil,
            "external_member_id": event["external_member_id"] ?? nil, "child_count": .number("\(found.childCount)"),
            "parent_id": found.ancestorIDs.first.map { .string($0) } ?? nil, "label": event["name"] ?? "",
            "source": "user", "name": event["name"] ?? "", "metadata": metadata(event),
        ]
    }

    private func time(_ entry: Books.Entry, _ event: SandboxJSON) -> String {
        Self.text(microseconds: PolarTime.exact(event["timestamp"])?.microseconds ?? SandboxTime.microseconds(entry.at))
    }

    /// With six decimals, or with none if they are all zero: what a list shows comes from PostgreSQL, which has microseconds.
    private static func text(microseconds time: Int) -> String {
        let text = SandboxTime.text(microseconds: time)
        return text.hasSuffix(".000000Z") ? "\(text.dropLast(8))Z" : text
    }
}
