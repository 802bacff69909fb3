import Foundation

/// Flexprice's reads: the query with its pages, and the lookup.
extension FlexpriceSimulator {
    /// The members of a query, from a body or from parameters.
    struct Query {
        var texts: [String: String] = [:]
        var properties: [String: [String]] = [:]
        var size: Int?
        var offset: Int?

        /// Nil if a member has the wrong type.
        init?(body: SandboxJSON) {
            guard let members = body.members else { return nil }
            for member in members where !member.value.isNull {
                switch member.name {
                case "page_size", "offset":
                    guard let number = member.value.number.flatMap({ Int($0) }) else { return nil }
                    if member.name == "offset" { offset = number } else { size = number }
                case "property_filters":
                    for filter in member.value.members ?? [] {
                        properties[filter.name] = filter.value.array?.compactMap(\.string) ?? []
                    }
                default:
                    texts[member.name] = member.value.string
                }
            }
        }

        /// `property_filters=k1:v1,v2;k2:v3` among the others.
        init(parameters: [(name: String, value: String)]) {
            for (name, value) in parameters where !value.isEmpty {
                switch name {
                case "page_size": size = Int(value).map { min($0, 50) }
                case "offset": offset = Int(value)
                case "property_filters":
                    for filter in value.split(separator: ";") {
                        let parts = filter.split(separator: ":", maxSplits: 1).map(String.init)
                        if parts.count == 2 { properties[parts[0]] = parts[1].split(separator: ",").map(String.init) }
                    }
                default: texts[name] = value
                }
            }
        }
    }

    /// By default the last seven days; both ends belong to the window. Ordered by time, newest first, and at the same time by descending
    /// id, in whichever direction the times go.
    ///
    /// The driver writes times into the query without their fraction: those of the window, and those of the keys.
    func query(_ query: Query, at now: Date) -> SimulatedAnswer {
        guard let window = FlexpriceWindow(query.texts, now) else { return validationError("Invalid request payload") }
        guard window.start <= window.end else { return validationError("end time must be after start time") }
        guard ["timestamp", "event_name"].contains(query.texts["sort"] ?? "timestamp"),
            ["asc", "desc"].contains(query.texts["order"] ?? "desc")
        else { return validationError("Request validation failed") }
        var asked = BookQuery(query, window)
        let keys = ["iter_first_key", "iter_last_key"].map { name in query.texts[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let positions = keys.map { $0.map(position) }
        if positions.contains(where: { $0 == .some(nil) }) { return validationError("Invalid cursor key format") }
        // With both keys the first one counts.
        if let first = positions[0] ?? nil { asked.above = first } else { asked.below = positions[1] ?? nil }
        let isKeyed = asked.above != nil || asked.below != nil
        let size = SandboxPage.size(query.size, standard: 50)
        // After a key the offset is not examined.
        let offset = isKeyed ? 0 : SandboxPage.skipped(query.offset)
        let isUpward = query.texts["order"] == "asc"
        let page = BookPage(skipped: offset, size: size, direction: isUpward ? .upwardButTies : .downward)
        let found =
            query.texts["sort"] == "event_name" ? byName(asked, page, at: now) : books.page(asked, page, at: now)
        let hasMore = found.total - min(offset, found.total) > size
        return answer(found.items, total: found.total, hasMore, next: isKeyed ? nil : offset + size)
    }

    /// The driver binds times without their fraction.
    private func position(_ key: String) -> BookQuery.Position? {
        let parts = key.components(separatedBy: "::")
        guard parts.count == 2, let time = Int(parts[0]) else { return nil }
        return BookQuery.Position(time: SandboxTime.floored(time, by: 1_000_000_000).quotient * 1000, id: parts[1])
    }

    /// Sorted by name, and within a name by id.
    private func byName(_ query: BookQuery, _ page: BookPage, at now: Date) -> Books.Found {
        var found = books.page(query, at: now)
        let isUpward = page.direction != .downward
        found.items.sort { left, right in
            let names = [left, right].map { Array(($0.entry.event["event_name"]?.string ?? "").utf8) }
            guard names[0] == names[1] else {
                return names[isUpward ? 0 : 1].lexicographicallyPrecedes(names[isUpward ? 1 : 0])
            }
            return right.entry.id.utf8.lexicographicallyPrecedes(left.entry.id.utf8)
        }
        found.items = Array(found.items.dropFirst(page.skipped).prefix(page.size))
        return found
    }

    /// What is zero or empty is left out.
    /// - Parameter next: where the next page begins; nil for a page after a key.
    private func answer(_ page: [Books.Listed], total: Int, _ hasMore: Bool, next: Int?) -> SimulatedAnswer {
        var members: [SandboxJSON.Member] = [
            .init(name: "events", value: .array(page.map(stored))), .init(name: "has_more", value: .bool(hasMore)),
        ]
        if let first = page.first { members.append(.init(name: "iter_first_key", value: .string(key(first)))) }
        if let last = page.last, next != nil || hasMore {
            members.append(.init(name: "iter_last_key", value: .string(key(last))))
        }
        if total > 0 { members.append(.init(name: "total_count", value: .number("\(total)"))) }
        if let next { members.append(.init(name: "offset", value: .number("\(next)"))) }
        return SimulatedAnswer(200, .object(members))
    }

    /// One event by its ID, with whether it was processed.
    func lookup(_ id: String, customer: String?, _ now: Date) -> SimulatedAnswer {
        guard !id.isEmpty else { return validationError("Please provide a valid event ID") }
        var query = BookQuery()
        query.keys = [[SearchKey("id", id)]]
        query.customers = customer.map { [$0] } ?? []
        let found = books.page(query, at: now).items
        guard let newest = found.first else {
            return SimulatedAnswer(
                404,
                ["code": "not_found", "message": "Event not found in events table", "http_status_code": 404]
            )
        }
        var members: [SandboxJSON.Member] = [
            .init(name: "event", value: stored(newest)), .init(name: "processed_events", value: []),
            .init(name: "events", value: .array(found.map(stored))),
        ]
        let failure = failurePoint(newest.entry.event)
        members.append(.init(name: "status", value: failure == nil ? "processed" : "failed"))
        if let failure {
            members.append(
                .init(name: "debug_tracker", value: ["failure_point": ["failure_point_type": .string(failure)]])
            )
        }
        return SimulatedAnswer(200, .object(members))
    }

    /// The first step of an event's way to the bill that fails.
    private func failurePoint(_ event: SandboxJSON) -> String? {
        let settings = books.settings
        let customer = event["external_customer_id"]?.string ?? ""
        if settings.withoutCustomer.contains(customer) { return "customer_lookup" }
        if settings.withoutMetric.contains(event["event_name"]?.string ?? "") { return "meter_lookup" }
        return settings.withoutSubscription.contains(customer) ? "subscription_line_item_lookup" : nil
    }

    /// `<Unix nanoseconds>::<id>`, by which pages continue. Times that nanoseconds cannot hold wrap around, as in Go.
    private func key(_ found: Books.Listed) -> String { "\(found.time &* 1_000_000)::\(found.entry.id)" }

    /// Go leaves zeros at the end of a fraction out.
    private func text(_ milliseconds: Int) -> String {
        let parts = SandboxTime.text(milliseconds: milliseconds).dropLast().split(separator: ".")
        let decimals = String(parts[1].reversed().drop { $0 == "0" }.reversed())
        return decimals.isEmpty ? "\(parts[0])Z" : "\(parts[0]).\(decimals)Z"
    }

    /// An event as Flexprice's lists show it.
    private func stored(_ found: Books.Listed) -> SandboxJSON {
        let event = found.entry.event
        return [
            "id": .string(found.entry.id), "external_customer_id": event["external_customer_id"] ?? "",
            "customer_id": event["customer_id"] ?? "", "event_name": event["event_name"] ?? "",
            "timestamp": .string(text(found.time)),
            "ingested_at": .string(text(Self.milliseconds(found.entry.at))), "properties": event["properties"] ?? [:],
            "source": event["source"] ?? "", "environment_id": "env_sandbox",
        ]
    }
}

/// A window of whole seconds: the driver binds times without their fraction.
struct FlexpriceWindow {
    /// Seconds since 1970.
    let start: Int
    let end: Int

    /// - Returns: nil if a time is none. Without a start: the seven days before the end; without an end: now.
    init?(_ texts: [String: String], _ now: Date) {
        let times = ["start_time", "end_time"].map { name in texts[name].map(SandboxTime.exact) }
        if times.contains(where: { $0 == .some(nil) }) { return nil }
        end = (times[1] ?? nil)?.seconds ?? SandboxTime.floored(FlexpriceSimulator.milliseconds(now), by: 1000).quotient
        start = (times[0] ?? nil)?.seconds ?? end - 7 * 86_400
    }
}

extension BookQuery {
    /// Both ends belong to the window; property filters match text values only.
    fileprivate init(_ query: FlexpriceSimulator.Query, _ window: FlexpriceWindow) {
        from = window.start * 1000
        through = window.end * 1000
        func wanted(_ name: String) -> [String] { query.texts[name].flatMap { $0.isEmpty ? nil : [$0] } ?? [] }
        names = wanted("event_name")
        customers = wanted("external_customer_id")
        keys = wanted("event_id").map { [SearchKey("id", $0)] }
        let source = wanted("source").first
        guard source != nil || !query.properties.isEmpty else { return }
        takes = { found in
            let event = found.entry.event
            if let source, event["source"]?.string?.hasBytes(of: source) != true { return false }
            return query.properties.allSatisfy { name, values in
                values.isEmpty || event["properties"]?[name]?.string.map(values.containsBytes) ?? false
            }
        }
    }
}
