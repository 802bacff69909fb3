import Events
import JSON
import Parity

/// Comparisons as JSON.
enum ParityWriter {
    static let accepted = Array(#"{"status":"accepted"}"#.utf8)

    /// The newest day first, each with a cell for every provider that was compared.
    static func json(_ days: ParityDays) -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.key("days")
        writer.beginArray()
        for day in days.days {
            writer.beginObject()
            writer.member("day", string: String(day.start.rfc3339.prefix(10)))
            writer.key("providers")
            writer.beginArray()
            for cell in day.cells { write(cell, to: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ cell: ParityDays.Cell, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: cell.provider.rawValue)
        writer.key("run")
        if let run = cell.run { writer.integer(run) } else { writer.null() }
        writer.member("whole_day", bool: cell.isWhole)
        writer.member("unreadable", bool: cell.isUnreadable)
        writer.member("open", integer: cell.open)
        writer.member("accepted", integer: cell.accepted)
        writer.endObject()
    }

    /// - Parameter acceptances: who accepted causes of the run.
    static func json(_ run: ParityRun, _ acceptances: [Acceptance]) -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writeMembers(of: run, to: &writer)
        writer.key("acceptances")
        writer.beginArray()
        for acceptance in acceptances { write(acceptance, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// A run as lists have it: without acceptances.
    static func write(_ run: ParityRun, to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(of: run, to: &writer)
        writer.endObject()
    }

    private static func write(_ acceptance: Acceptance, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("cause", string: acceptance.cause.rawValue)
        writer.member("provider", stringOrNull: acceptance.provider?.rawValue)
        writer.member("name", stringOrNull: acceptance.name)
        writer.member("reason", string: acceptance.reason)
        writer.member("until", string: acceptance.until.rfc3339)
        writer.member("client", string: acceptance.by.rawValue)
        writer.member("accepted_at", string: acceptance.at.rfc3339)
        writer.endObject()
    }

    /// In the order that was asked for, each with the sums of the money that bills are wrong by.
    static func json(_ customers: [ParityCustomer]) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("customers")
        writer.beginArray()
        for customer in customers {
            writer.beginObject()
            writer.member("customer_id", stringOrNull: customer.customerID)
            writer.member("provider", string: customer.provider.rawValue)
            writer.member("findings", integer: customer.findings)
            writer.member("wrong_bills", integer: customer.billed)
            writer.key("differences")
            writer.beginArray()
            for difference in customer.differences {
                writer.beginObject()
                writer.member("currency", string: difference.currency)
                writer.member("too_little", string: difference.little.text)
                writer.member("too_much", string: difference.much.text)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `verdict` is null until the run has ended; `reason` is null unless it failed.
    private static func writeMembers(of run: ParityRun, to writer: inout JSONWriter) {
        writer.member("id", integer: run.id)
        writer.member("state", string: run.state.rawValue)
        writer.member("verdict", stringOrNull: run.verdict?.rawValue)
        writer.member("reason", stringOrNull: run.reason)
        writer.member("level", string: run.order.level.rawValue)
        writer.member("sample", integer: run.order.sample)
        writer.key("metrics")
        if let metrics = run.order.metrics { writer.raw(Array(metrics.text.utf8)) } else { writer.null() }
        writer.member("from", string: run.order.window.from.rfc3339)
        writer.member("until", string: run.order.window.until.rfc3339)
        writer.member("client", string: run.client.rawValue)
        writer.member("requested_at", string: run.requestedAt.rfc3339)
        writer.member("ended_at", stringOrNull: run.endedAt?.rfc3339)
        writer.member("events", integer: run.events)
        writer.key("windows")
        writer.beginObject()
        writer.member("read", integer: run.windowsRead)
        writer.member("total", integer: run.windows)
        writer.endObject()
        writer.key("providers")
        writer.beginArray()
        for report in run.reports { write(report, to: &writer) }
        writer.endArray()
    }

    /// One provider: counts, causes, and what a digest cannot rule out.
    private static func write(_ report: ProviderReport, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: report.provider.rawValue)
        writeMembers(of: report.totals, to: &writer)
        writer.member("not_planned", integer: report.notPlanned)
        writer.key("calls")
        writer.beginObject()
        writer.member("made", integer: report.calls)
        if let forecast = report.forecast {
            writer.member("least", integer: forecast.least)
            writer.member("most", integer: forecast.most)
        }
        writer.endObject()
        writer.member("unreadable", stringOrNull: report.unreadable)
        writer.member("counted_only", integer: report.countedOnly)
        writer.member("summed", integer: report.summed)
        writer.member("sampled_parts", integer: report.sampledParts)
        writer.key("bound")
        if let bound = report.bound { writer.number(text(bound)) } else { writer.null() }
        writer.key("causes")
        writer.beginArray()
        for count in report.causes {
            writer.beginObject()
            writer.member("cause", string: count.cause.rawValue)
            writer.member("urgency", string: count.cause.urgency.rawValue)
            writer.member("count", integer: count.count)
            writer.member("accepted", integer: count.accepted)
            writer.member("summary", string: count.cause.summary)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    /// Four decimal places, rounded up: a bound that is rounded down promises more than was shown, and a small one that nothing differs.
    private static func text(_ bound: Double) -> String {
        // What a division leaves beyond a whole number is not rounded up.
        "\((bound * 10_000 - 0.000_001).rounded(.up) / 10_000)"
    }

    /// Numbers of events, or of customers in a comparison of usage.
    private static func writeMembers(of counts: CellCounts, to writer: inout JSONWriter) {
        writer.member("expected", integer: counts.expected)
        writer.member("found", integer: counts.found)
        writer.member("missing", integer: counts.missing)
        writer.member("extra", integer: counts.extra)
        writer.member("different", integer: counts.different)
    }

    static func write(_ cell: ParityCell, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: cell.name)
        writer.member("provider", string: cell.provider.rawValue)
        writeMembers(of: cell.counts, to: &writer)
        writer.endObject()
    }

    /// A finding with what the vendor has beside what was sent.
    static func write(_ numbered: NumberedFinding, to writer: inout JSONWriter) {
        let finding = numbered.finding
        writer.beginObject()
        writer.member("number", integer: numbered.number)
        writer.member("provider", string: finding.provider.rawValue)
        writer.member("cause", string: finding.cause.rawValue)
        writer.member("urgency", string: finding.cause.urgency.rawValue)
        writer.member("confirmed", bool: finding.isConfirmed)
        writer.member("event_id", stringOrNull: finding.subject.eventID)
        writer.member("vendor_id", stringOrNull: finding.subject.vendorID)
        writer.member("name", string: finding.subject.name)
        writer.member("customer_id", stringOrNull: finding.subject.customerID)
        writer.member("subscription_id", stringOrNull: finding.subject.subscriptionID)
        writer.member("timestamp", string: finding.subject.timestamp.rfc3339)
        writer.key("differences")
        writer.beginArray()
        for difference in finding.differences {
            writer.beginObject()
            writer.member("field", string: difference.field)
            writer.member("kind", string: difference.kind.rawValue)
            writer.member("sent", stringOrNull: difference.sent)
            writer.member("shown", stringOrNull: difference.shown)
            writer.endObject()
        }
        writer.endArray()
        writer.member("detail", stringOrNull: finding.detail)
        writer.member("resolution", stringOrNull: numbered.resolution)
        writer.endObject()
    }

    /// `sent` counts what would be sent if it is a dry run.
    static func json(_ count: ResendCount, isDryRun: Bool) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("dry_run", bool: isDryRun)
        writer.member("sent", integer: count.sent)
        writer.member("failed", integer: count.failed)
        writer.member("reason", stringOrNull: count.reason)
        writer.endObject()
        return writer.bytes
    }
}
