import Foundation

/// Polar's reads: list, names and one event.
extension PolarSimulator {
    func list(_ request: SimulatedRequest) -> SimulatedAnswer {
        let question: PolarQuestion
        do {
            question = try PolarQuestion(request)
        } catch let error as PolarValidationError {
            return refused([error])
        } catch {
            return failure(500, retryAfter: nil)
        }
        let families = families
        let isAscending = request.parameter("sorting") == "timestamp"
        let found = families.shown.filter { question.takes($0, parent: families.parentID(of: $0), at: time($0.entry)) }
            .sorted { left, right in
                isAscending ? time(left.entry) < time(right.entry) : time(left.entry) > time(right.entry)
            }
        return page(found.map { stored($0, families) }, request)
    }

    private var families: PolarFamilies { PolarFamilies(books.billed, id: id) }

    func names(_ request: SimulatedRequest) -> SimulatedAnswer {
        let groups = Dictionary(grouping: families.shown.map(\.entry)) { $0.event["name"]?.string ?? "" }
        let items = groups.sorted { $0.key < $1.key }.map { name, entries -> SandboxJSON in
            let times = entries.map(time)
            return [
                "name": .string(name), "label": .string(name), "source": "user",
                "occurrences": .number("\(entries.count)"),
                "first_seen": .string(text(times.min() ?? Date())),
                "last_seen": .string(text(times.max() ?? Date())),
            ]
        }
        return page(items, request)
    }

    func get(_ id: String) -> SimulatedAnswer {
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
        let families = families
        guard let member = families.shown.first(where: { $0.id == id.lowercased() }) else {
            return SimulatedAnswer(404, ["error": "ResourceNotFound", "detail": "Not found"])
        }
        return SimulatedAnswer(200, stored(member, families))
    }

    private func page(_ items: [SandboxJSON], _ request: SimulatedRequest) -> SimulatedAnswer {
        let limit = min(100, request.parameter("limit").flatMap { Int($0) } ?? 10)
        let page = request.parameter("page").flatMap { Int($0) } ?? 1
        for (name, number) in [("page", page), ("limit", limit)] where number <= 0 {
            return refused([
                PolarValidationError(
                    type: "greater_than",
                    location: ["query", .string(name)],
                    message: "Input should be greater than 0",
                    input: .string("\(number)")
                )
            ])
        }
        let slice = items.dropFirst((SandboxPage.number(page) - 1) * limit).prefix(limit)
        let pages = (items.count + limit - 1) / limit
        if ["true", "1"].contains(request.parameter("cursor_pagination")?.lowercased()) {
            return SimulatedAnswer(
                200,
                ["items": .array(Array(slice)), "pagination": ["has_next_page": .bool(page < pages)]]
            )
        }
        return SimulatedAnswer(
            200,
            [
                "items": .array(Array(slice)),
                "pagination": ["total_count": .number("\(items.count)"), "max_page": .number("\(pages)")],
            ]
        )
    }

    private func time(_ entry: Books.Entry) -> Date {
        entry.event["timestamp"]?.string.flatMap(SandboxTime.read) ?? entry.at
    }

    /// Polar makes an id of its own; here it follows from the external id, so that it need not be kept.
    private func id(of entry: Books.Entry) -> String {
        var hash: (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15)
        for byte in (entry.id + SandboxTime.text(entry.at)).utf8 {
            hash.0 = (hash.0 ^ UInt64(byte)) &* 0x100_0000_01B3
            hash.1 = (hash.1 &+ hash.0) &* 0x100_0000_01B3
        }
        let high = hash.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = hash.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = [high, low].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(Array(digits)[$0]) }
        return parts.joined(separator: "-")
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

    private func stored(_ member: PolarFamilies.Member, _ families: PolarFamilies) -> SandboxJSON {
        let event = member.entry.event
        let isExternal = event["external_customer_id"]?.string != nil
        return [
            "id": .string(member.id), "timestamp": .string(text(time(member.entry))),
            "organization_id": .string(Self.organization),
            "customer_id": isExternal ? nil : event["customer_id"] ?? nil, "customer": nil,
            "external_customer_id": event["external_customer_id"] ?? nil, "member_id": event["member_id"] ?? nil,
            "external_member_id": event["external_member_id"] ?? nil, "child_count": .number("\(member.children)"),
            "parent_id": families.parentID(of: member).map { .string($0) } ?? nil, "label": event["name"] ?? "",
            "source": "user", "name": event["name"] ?? "", "metadata": metadata(event),
        ]
    }

    /// With six decimals, or with none if they are all zero.
    private func text(_ time: Date) -> String {
        SandboxTime.text(time, decimals: SandboxTime.milliseconds(time) % 1000 == 0 ? 0 : 6)
    }
}
