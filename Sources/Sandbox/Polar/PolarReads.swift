import Foundation

/// Polar's reads: list, names and one event.
extension PolarSimulator {
    func list(_ request: SimulatedRequest) -> SimulatedAnswer {
        let names = request.query.filter { $0.name == "name" }.map(\.value)
        let customers = request.query.filter { $0.name == "external_customer_id" }.map(\.value)
        // Both moments are left out of the window.
        let start = request.parameter("start_timestamp").flatMap(SandboxTime.read)
        let end = request.parameter("end_timestamp").flatMap(SandboxTime.read)
        let isAscending = request.parameter("sorting") == "timestamp"
        let found = books.billed.filter { entry in
            (names.isEmpty || names.contains(entry.event["name"]?.string ?? ""))
                && (customers.isEmpty || customers.contains(entry.event["external_customer_id"]?.string ?? ""))
                && (start.map { time(entry) > $0 } ?? true) && (end.map { time(entry) < $0 } ?? true)
                && request.parameter("source") != "system"
        }.sorted { isAscending ? time($0) < time($1) : time($0) > time($1) }
        return page(found.map(stored), request)
    }

    func names(_ request: SimulatedRequest) -> SimulatedAnswer {
        let groups = Dictionary(grouping: books.billed) { $0.event["name"]?.string ?? "" }
        let items = groups.sorted { $0.key < $1.key }.map { name, entries -> SandboxJSON in
            let times = entries.map(time)
            return [
                "name": .string(name), "label": .string(name), "source": "user",
                "occurrences": .number("\(entries.count)"),
                "first_seen": .string(SandboxTime.text(times.min() ?? Date(), decimals: 6)),
                "last_seen": .string(SandboxTime.text(times.max() ?? Date(), decimals: 6)),
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
        guard let entry = books.billed.first(where: { self.id(of: $0) == id.lowercased() }) else {
            return SimulatedAnswer(404, ["error": "ResourceNotFound", "detail": "Not found"])
        }
        return SimulatedAnswer(200, stored(entry))
    }

    private func page(_ items: [SandboxJSON], _ request: SimulatedRequest) -> SimulatedAnswer {
        let wanted = ["limit", "page"].map { request.parameter($0).flatMap { Int($0) } ?? 1 }
        guard wanted.allSatisfy({ $0 > 0 }) else {
            return SimulatedAnswer(
                422,
                [
                    "error": "RequestValidationError",
                    "detail": [
                        ["type": "greater_than", "loc": ["query", "page"], "msg": "Input should be greater than 0"]
                    ],
                ]
            )
        }
        let limit = min(100, request.parameter("limit").flatMap { Int($0) } ?? 10)
        let page = SandboxPage.number(wanted[1])
        let slice = items.dropFirst((page - 1) * limit).prefix(limit)
        let pages = (items.count + limit - 1) / limit
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

    private func stored(_ entry: Books.Entry) -> SandboxJSON {
        let event = entry.event
        return [
            "id": .string(id(of: entry)), "timestamp": .string(SandboxTime.text(time(entry), decimals: 6)),
            "organization_id": .string(Self.organization), "customer_id": event["customer_id"] ?? nil, "customer": nil,
            "external_customer_id": event["external_customer_id"] ?? nil, "member_id": nil, "external_member_id": nil,
            "child_count": 0, "parent_id": nil, "label": event["name"] ?? "", "source": "user",
            "name": event["name"] ?? "", "metadata": event["metadata"] ?? [:],
        ]
    }
}
