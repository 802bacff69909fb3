import Access
import Events
import HTTPTypes
import JSON
import Journal
import Parity

/// `GET /v1/usage`: the totals of the tenant's events, by customer and part of time.
struct UsageHandler: Sendable {
    private let journal: any IngressJournal
    private let clock: any WallClock

    /// Maximum number of events that one request examines.
    private static let mostEvents = 2_000_000
    private static let piece = 5000
    private static let parameters: Set<String> = [
        "name", "customer_id", "aggregate", "property", "from", "until", "window",
    ]

    init(_ services: EndpointServices) {
        journal = services.given.journal
        clock = services.given.clock
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let question = try Self.question(try ListParameters(call.query, allowed: Self.parameters), now: clock.now)
        var (table, isComplete) = try await filled(UsageTable(question), of: call.client.tenant)
        // Corrections follow the events that they correct, so the events are counted again once the corrections are known.
        if !table.corrections.isEmpty {
            let corrected = UsageTable(question, correctedBy: table.corrections)
            (table, isComplete) = try await filled(corrected, of: call.client.tenant)
        }
        return .json(try Self.json(table, isComplete))
    }

    /// Adds the tenant's events of the table's window.
    private func filled(_ table: UsageTable, of tenant: TenantID) async throws -> (UsageTable, isComplete: Bool) {
        var table = table
        let window = RecordedWindow(
            clock: .occurred,
            from: table.question.window.from,
            // A correction may have a timestamp a millisecond after that of its event.
            until: table.question.window.until + .milliseconds(1),
            tenant: tenant,
            withDeliveries: false
        )
        var (position, events, isComplete): (JournalPosition?, Int, Bool) = (nil, 0, true)
        do {
            while true {
                try Task.checkCancellation()
                let piece = try await journal.recorded(window, after: position, limit: Self.piece)
                for archived in piece.events { table.add(archived.event, archived.sequence) }
                events += piece.events.count
                isComplete = isComplete && piece.damage.isEmpty
                guard !table.isTooLarge, events <= Self.mostEvents else { throw Problem.tooMuchUsage }
                if piece.isLast { break }
                position = piece.through
            }
        } catch let error as StoreError {
            throw Problem(error)
        }
        return (table, isComplete)
    }

    /// What to add up, over which window. By default the current month.
    private static func question(_ parameters: ListParameters, now: Timestamp) throws(Problem) -> UsageTable.Question {
        guard let name = try parameters.single("name") else {
            throw .badParameter("name", "is required: the name of the events that are used")
        }
        let aggregates = try parameters.choices("aggregate", as: MetricAggregate.self)
        guard aggregates.count == 1, let aggregate = aggregates.first else {
            let known = MetricAggregate.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badParameter("aggregate", "is required, once; known are \(known)")
        }
        let property = try parameters.single("property")
        guard aggregate.needsProperty == (property != nil) else {
            throw .badParameter(
                "property",
                aggregate.needsProperty
                    ? "is required for the aggregate \(aggregate.rawValue)" : "is not for a count; leave it out"
            )
        }
        let parts = try parameters.choices("window", as: UsageTable.Part.self)
        guard parts.count <= 1 else { throw .badParameter("window", "takes one value, and is given several") }
        let window = try parameters.window("from", "until")
        // Until now, the running month.
        let until = window.until ?? now + .milliseconds(1)
        // The end is not part of the window: at the start of a month, the month before it ends.
        let last = until + .milliseconds(-1)
        let month = Timestamp(rfc3339: last.rfc3339.prefix(8) + "01T00:00:00Z")
        guard let from = window.from ?? month, from < until else {
            throw .badParameter("until", "must be after \"from\"")
        }
        return UsageTable.Question(
            name: name,
            aggregate: aggregate,
            property: property,
            window: ReadWindow(from: from, until: until),
            part: parts.first,
            customers: Set(parameters.all("customer_id").map(\.exact))
        )
    }

    private static func json(_ table: UsageTable, _ isComplete: Bool) throws(Problem) -> [UInt8] {
        let question = table.question
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("name", string: question.name)
        writer.member("aggregate", string: question.aggregate.rawValue)
        writer.member("property", stringOrNull: question.property)
        writer.member("from", string: question.window.from.rfc3339)
        writer.member("until", string: question.window.until.rfc3339)
        writer.member("window", stringOrNull: question.part?.rawValue)
        writer.member("complete", bool: isComplete)
        writer.member("ignored_events", integer: table.ignored)
        writer.key("usage")
        writer.beginArray()
        for row in table.rows {
            guard let units = row.units else { throw .tooManyDigits(of: row.customerID) }
            writer.beginObject()
            writer.member("customer_id", stringOrNull: row.customerID)
            writer.member("from", string: row.window.from.rfc3339)
            writer.member("until", string: row.window.until.rfc3339)
            // As text, so that no reader turns it into a binary float.
            writer.member("units", string: units)
            writer.member("events", integer: row.events)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension Problem {
    /// More events than one request adds up.
    fileprivate static var tooMuchUsage: Problem {
        Problem(
            status: .unprocessableContent,
            kind: "too-much-usage",
            title: "Too much usage for one request",
            detail: """
                the window holds more than 2,000,000 events, \(UsageTable.mostRows) rows or 1,000,000 different values; \
                narrow it, name customers, or use larger parts of time
                """
        )
    }

    /// 422: the sum has more digits than are computed exactly.
    fileprivate static func tooManyDigits(of customer: String?) -> Problem {
        Problem(
            status: .unprocessableContent,
            kind: "inexact-usage",
            title: "The sum has too many digits",
            detail: "the usage of customer \"\(customer ?? "")\" has more than 38 digits and cannot be given exactly"
        )
    }
}
