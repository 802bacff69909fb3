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

    /// By default the last seven days; both ends belong to the window. Ordered by time, the newest first, and within a moment by id.
    ///
    /// The driver writes times into the query without their fraction: those of the window, and those of the keys.
    func query(_ query: Query, at now: Date) -> SimulatedAnswer {
        let times = ["start_time", "end_time"].map { name in query.texts[name].map(SandboxTime.read) }
        if times.contains(where: { $0 == .some(nil) }) { return validationError("Invalid request payload") }
        let end = (times[1] ?? nil) ?? now
        let start = (times[0] ?? nil) ?? end.addingTimeInterval(-7 * 86_400)
        guard start <= end else { return validationError("end time must be after start time") }
        let (first, last) = (
            query.texts["iter_first_key"].flatMap(cursor), query.texts["iter_last_key"].flatMap(cursor)
        )
        let window = wholeSeconds(start)...wholeSeconds(end)
        let isAscending = query.texts["order"] == "asc"
        let found = rows.filter { entry in
            guard window.contains(time(of: entry)), matches(entry, query) else { return false }
            if let first { return key(entry) > first }
            if let last { return key(entry) < last }
            return true
        }.sorted { left, right in
            let (one, other) = (key(left), key(right))
            if one.nanoseconds == other.nanoseconds { return one.id > other.id }
            return isAscending ? one.nanoseconds < other.nanoseconds : one.nanoseconds > other.nanoseconds
        }
        let size = SandboxPage.size(query.size, standard: 50)
        let isKeyed = first != nil || last != nil
        // Behind a key the offset is not looked at.
        let offset = isKeyed ? 0 : SandboxPage.skipped(query.offset)
        let rest = found.dropFirst(offset)
        return answer(rest.prefix(size), total: found.count, rest.count > size, next: isKeyed ? nil : offset + size)
    }

    /// The table of raw events: of one timestamp and id it keeps the last that came.
    private var rows: [Books.Entry] {
        var rows: [String: Books.Entry] = [:]
        for entry in books.received { rows["\(key(entry).nanoseconds)::\(entry.id)"] = entry }
        return Array(rows.values)
    }

    private func wholeSeconds(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    }

    /// What is zero or empty is left out.
    /// - Parameter next: where the next page begins; nil for a page behind a key.
    private func answer(_ page: ArraySlice<Books.Entry>, total: Int, _ hasMore: Bool, next: Int?) -> SimulatedAnswer {
        var members: [SandboxJSON.Member] = [
            .init(name: "events", value: .array(page.map(stored))), .init(name: "has_more", value: .bool(hasMore)),
        ]
        if let first = page.first { members.append(.init(name: "iter_first_key", value: .string(text(key(first))))) }
        if let last = page.last, next != nil || hasMore {
            members.append(.init(name: "iter_last_key", value: .string(text(key(last)))))
        }
        if total > 0 { members.append(.init(name: "total_count", value: .number("\(total)"))) }
        if let next { members.append(.init(name: "offset", value: .number("\(next)"))) }
        return SimulatedAnswer(200, .object(members))
    }

    private func matches(_ entry: Books.Entry, _ query: Query) -> Bool {
        for field in ["event_id", "event_name", "external_customer_id", "source"] {
            guard let wanted = query.texts[field], !wanted.isEmpty else { continue }
            let value = field == "event_id" ? entry.id : entry.event[field]?.string
            if value != wanted { return false }
        }
        return query.properties.allSatisfy { name, values in
            entry.event["properties"]?[name]?.string.map(values.contains) ?? false
        }
    }

    func lookup(_ id: String, customer: String?) -> SimulatedAnswer {
        guard !id.isEmpty else { return validationError("Please provide a valid event ID") }
        let found = rows.filter { entry in
            entry.id == id && (customer == nil || entry.event["external_customer_id"]?.string == customer)
        }
        guard let newest = found.max(by: { key($0) < key($1) }) else {
            return SimulatedAnswer(
                404,
                ["code": "not_found", "message": "Event not found in events table", "http_status_code": 404]
            )
        }
        return SimulatedAnswer(
            200,
            [
                "event": stored(newest), "status": "processed", "processed_events": [],
                "events": .array(found.sorted { key($0) > key($1) }.map(stored)),
            ]
        )
    }

    private func time(of entry: Books.Entry) -> Date {
        entry.event["timestamp"]?.string.flatMap(SandboxTime.read) ?? entry.at
    }

    /// `<Unix nanoseconds>::<id>`, by which pages go on. Times that nanoseconds cannot hold wrap around, as in Go.
    private func key(_ entry: Books.Entry) -> (nanoseconds: Int, id: String) {
        (SandboxTime.milliseconds(time(of: entry)) &* 1_000_000, entry.id)
    }

    /// Go leaves zeros at the end of a fraction out.
    private func text(_ time: Date) -> String {
        let parts = SandboxTime.text(time).dropLast().split(separator: ".")
        let decimals = String(parts[1].reversed().drop { $0 == "0" }.reversed())
        return decimals.isEmpty ? "\(parts[0])Z" : "\(parts[0]).\(decimals)Z"
    }

    private func text(_ key: (nanoseconds: Int, id: String)) -> String { "\(key.nanoseconds)::\(key.id)" }

    private func cursor(_ text: String) -> (nanoseconds: Int, id: String)? {
        let parts = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int(parts[0]) else { return nil }
        let rest = time % 1_000_000_000
        return (time - (rest < 0 ? rest + 1_000_000_000 : rest), String(parts[1]))
    }

    private func stored(_ entry: Books.Entry) -> SandboxJSON {
        let event = entry.event
        return [
            "id": .string(entry.id), "external_customer_id": event["external_customer_id"] ?? "",
            "customer_id": event["customer_id"] ?? "", "event_name": event["event_name"] ?? "",
            "timestamp": .string(text(time(of: entry))),
            "ingested_at": .string(text(entry.at)), "properties": event["properties"] ?? [:],
            "source": event["source"] ?? "", "environment_id": "env_sandbox",
        ]
    }
}
