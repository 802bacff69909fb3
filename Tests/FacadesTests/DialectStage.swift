import Events
import Facades
import JSON

/// Carries out what a dialect asks for, on a journal that is a list, so that a dialect can be spoken with.
struct DialectStage {
    let dialect: any Dialect
    /// The most events of a request.
    var eventLimit = EventReader.standardLimit
    /// The moment of every acceptance.
    var now = Timestamp(milliseconds: 1_772_366_401_003)
    /// What the vendor would answer to a question.
    var vendor = DialectQuestionResult.noProvider
    /// Names that no route takes.
    var unrouted: Set<String> = []
    private(set) var stored: [ArchivedEvent] = []
    /// The last question to the vendor.
    private(set) var question: VendorRequest?

    init(_ name: AdapterName) {
        guard let dialect = FacadeRegistry.all.first(where: { $0.adapter == name }) else {
            preconditionFailure("no dialect is called \(name)")
        }
        self.dialect = dialect
    }

    /// What came of a request.
    struct Reply {
        let status: Int
        let text: String
        let headers: [String: String]
        let contentType: String?

        var json: JSONValue? {
            do { return try JSONDocument(parsing: Array(text.utf8)).root } catch { return nil }
        }

        /// Whether the body says the same as this JSON: the order of members does not matter.
        func says(_ expected: String) -> Bool {
            guard let json, let other = JSONDocument.text(expected) else { return false }
            return JSONValue.sameContent(json, other.root)
        }
    }

    mutating func send(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        query: [(String, String)] = [],
        headers: [(String, String)]? = nil
    ) -> Reply {
        let bytes = body.map { Array($0.utf8) } ?? []
        var fields = headers ?? [("Content-Type", "application/json")]
        if body != nil, headers == nil { fields.append(("Content-Length", "\(bytes.count)")) }
        let request = DialectRequest(
            method: method,
            path: path,
            query: query.map { (name: $0.0, value: $0.1) },
            headers: fields.map { (name: $0.0, value: $0.1) },
            body: bytes,
            receivedAt: now,
            eventLimit: eventLimit
        )
        let answer = carryOut(dialect.call(for: request))
        return Reply(
            status: answer.status,
            text: String(decoding: answer.body, as: UTF8.self),
            headers: answer.headers,
            contentType: answer.contentType
        )
    }

    /// Puts an event in that came by another way.
    mutating func add(_ event: AcceptedEvent, deliveries: [Delivery] = []) {
        let sequence = SequenceNumber(Int64(stored.count + 1))
        stored.append(ArchivedEvent(sequence: sequence, event: event, deliveries: deliveries))
    }

    private mutating func carryOut(_ call: DialectCall) -> DialectAnswer {
        switch call {
        case .answer(let answer):
            return answer
        case .unserved:
            return dialect.answer(to: .unserved(advice: "elsewhere"))
        case .write(let events, let policy, let respond):
            return respond(write(events, policy))
        case .find(let id, let respond):
            return respond(stored.filter { $0.event.id == id })
        case .findNumbered(let sequence, let respond):
            return respond(stored.first { $0.sequence == sequence })
        case .follow(let sequence, let next):
            return carryOut(next(stored.first { $0.sequence == sequence }))
        case .lookUp(let sequences, let next):
            let found = stored.filter { sequences.contains($0.sequence) }.map { ($0.sequence, $0) }
            return carryOut(next(Dictionary(uniqueKeysWithValues: found)))
        case .search(let search, let respond):
            return respond(page(search))
        case .names(let filter, let respond):
            return respond(names(filter))
        case .ask(let question, _, _, let respond):
            self.question = question
            return respond(vendor)
        }
    }

    private mutating func write(_ events: [CanonicalEvent], _ policy: WritePolicy) -> [DialectWriteResult] {
        let before = stored
        var results = events.map { write($0) }
        let isWhole = results.allSatisfy { result in
            guard case .refused(let fault) = result else { return true }
            return policy == .each || (policy == .firstWins && fault.code == .conflict)
        }
        if !isWhole {
            stored = before
            results = results.map { if case .refused = $0 { $0 } else { .withheld } }
        }
        return results
    }

    private mutating func write(_ event: CanonicalEvent) -> DialectWriteResult {
        if unrouted.contains(event.name) {
            return .refused(EventFault(index: 0, field: "name", code: .unrouted, message: "no route"))
        }
        let new = AcceptedEvent(event, number: stored.count + 1, at: now)
        guard let old = stored.first(where: { $0.event.hasIdentity(of: new) })?.event else {
            add(new)
            return .accepted(id: new.id, timestamp: new.timestamp, acceptedAt: now, isDuplicate: false)
        }
        guard new.fieldsDiffering(from: old).isEmpty else {
            return .refused(EventFault(index: 0, field: "id", code: .conflict, message: "known with other content"))
        }
        return .accepted(id: old.id, timestamp: old.timestamp, acceptedAt: old.acceptedAt, isDuplicate: true)
    }

    private func matching(_ filter: EventFilter) -> [ArchivedEvent] {
        stored.filter { archived in
            let event = archived.event
            return (filter.ids.isEmpty || filter.ids.contains(event.id))
                && (filter.names.isEmpty || filter.names.contains(event.name))
                && (filter.customerIDs.isEmpty || event.customerID.map(filter.customerIDs.contains) ?? false)
                && (filter.subscriptionIDs.isEmpty
                    || event.subscriptionID.map(filter.subscriptionIDs.contains) ?? false)
                && (filter.sources.isEmpty || event.source.map(filter.sources.contains) ?? false)
                && (filter.from.map { event.timestamp >= $0 } ?? true)
                && (filter.before.map { event.timestamp < $0 } ?? true)
                && (filter.condition.map { $0(event) } ?? true)
        }
    }

    private func page(_ search: EventSearch) -> EventPage {
        let ascending = matching(search.filter).sorted {
            ($0.event.timestamp, $0.sequence) < ($1.event.timestamp, $1.sequence)
        }
        let ordered = search.order == .oldestFirst ? ascending : ascending.reversed()
        let part = ordered.filter { archived in
            let place = (archived.event.timestamp, archived.sequence)
            let after = search.after.map { ($0.timestamp, $0.sequence) }
            let until = search.until.map { ($0.timestamp, $0.sequence) }
            return search.order == .oldestFirst
                ? (after.map { $0 < place } ?? true) && (until.map { place < $0 } ?? true)
                : (after.map { place < $0 } ?? true) && (until.map { $0 < place } ?? true)
        }
        let rest = part.dropFirst(search.skip)
        return EventPage(
            events: Array(rest.prefix(search.limit)),
            hasMore: rest.count > search.limit,
            total: search.wantsTotal ? ordered.count : nil
        )
    }

    private func names(_ filter: EventFilter) -> [EventNameSummary] {
        let groups = Dictionary(grouping: matching(filter), by: \.event.name)
        return groups.sorted { $0.key < $1.key }.map { name, events in
            let times = events.map(\.event.timestamp).sorted()
            return EventNameSummary(
                name: name,
                count: events.count,
                firstSeen: times[0],
                lastSeen: times[times.count - 1]
            )
        }
    }
}

extension JSONDocument {
    fileprivate static func text(_ text: String) -> JSONDocument? {
        do { return try JSONDocument(parsing: Array(text.utf8)) } catch { return nil }
    }
}

extension AcceptedEvent {
    /// The event as acceptance fixes it; a minted id tells its number.
    convenience init(_ event: CanonicalEvent, number: Int, at now: Timestamp) {
        self.init(
            event,
            id: event.id ?? EventID("minted-\(number)"),
            in: Submission(
                tenant: "shop",
                client: "shop",
                acceptedAt: now,
                plan: Plan(route: "default", destinations: [])
            )
        )
    }
}
