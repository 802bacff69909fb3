import ArgumentParser
import Client
import JSON
import Observability

/// A finished comparison as people read it.
struct ParityReport {
    /// The counts for one event name at one provider, in the order of ``columns``.
    struct Cell {
        let name: String
        let provider: String
        /// Expected, found, missing, extra, different.
        let counts: [Int64]
    }

    /// How many differences at a provider have one cause.
    struct CauseCount {
        let provider: String
        let cause: String
        let urgency: String
        let count: Int64
        let accepted: Int64
        let summary: String
    }

    /// As `GET /v1/parity/runs/{id}` has it.
    let run: JSONValue
    let cells: [Cell]
    let causes: [CauseCount]
    /// The first of each cause at each provider.
    let examples: [FindingLine]

    /// Counts of a cell, by the API's names.
    static let columns = ["expected", "found", "missing", "extra", "different"]
    /// More would be no table for people; the CSV has all.
    private static let mostCells = 2000
    /// For each cause at each provider.
    private static let mostExamples = 20

    var id: String { run["id"]?.numberText ?? "" }
    /// `equal`, `different` or `unknown`; the state of a run that failed.
    var verdict: String { run["verdict"]?.string ?? run["state"]?.string ?? "" }
    var providers: [JSONValue] { run.elements(of: "providers") }
    /// Whether it compares amounts, and counts customers rather than events.
    var isUsage: Bool { run["level"]?.string == "usage" }

    /// Asks the gateway for what a report has beside the run.
    static func fetch(_ run: JSONValue, _ gateway: GatewayOptions) async throws -> ParityReport {
        let path = "/v1/parity/runs/\(run["id"]?.numberText ?? "")"
        var cells: [Cell] = []
        var cursor: String?
        repeat {
            var parameters = QueryParameters()
            parameters.add("limit", "1000")
            parameters.add("cursor", cursor)
            let page = try await gateway.get(parameters.appended(to: "\(path)/cells")).json
            cells += page?["cells"]?.elements.map(cell) ?? []
            cursor = page?["next_cursor"]?.string
        } while cursor != nil && cells.count < mostCells
        let causes = run.elements(of: "providers").flatMap(Self.causes)
        var examples: [FindingLine] = []
        for count in causes {
            var parameters = QueryParameters()
            parameters.add("cause", count.cause)
            parameters.add("provider", count.provider)
            parameters.add("limit", "\(mostExamples)")
            let page = try await gateway.get(parameters.appended(to: "\(path)/findings")).json
            examples += page?["findings"]?.elements.map { FindingLine($0) } ?? []
        }
        return ParityReport(run: run, cells: cells, causes: causes, examples: examples)
    }

    private static func cell(_ item: JSONValue) -> Cell {
        Cell(
            name: item["name"]?.string ?? "",
            provider: item["provider"]?.string ?? "",
            counts: columns.map { item[$0]?.int64 ?? 0 }
        )
    }

    private static func causes(of provider: JSONValue) -> [CauseCount] {
        provider["causes"]?.elements.map { item in
            CauseCount(
                provider: provider["provider"]?.string ?? "",
                cause: item["cause"]?.string ?? "",
                urgency: item["urgency"]?.string ?? "",
                count: item["count"]?.int64 ?? 0,
                accepted: item["accepted"]?.int64 ?? 0,
                summary: item["summary"]?.string ?? ""
            )
        } ?? []
    }

    /// 0: equal, or nothing that the caller fails on. 1: differences. 2: something could not be compared.
    func exitCode(_ failOn: ParityFailure) -> Int32 {
        if verdict == "equal" { return 0 }
        if verdict != "different" { return 2 }
        // Differences of which no cause is told are no reason to succeed.
        guard !causes.isEmpty else { return 1 }
        return causes.contains { $0.count > $0.accepted && failOn.counts($0.cause, urgency: $0.urgency) } ? 1 : 0
    }

    /// The table of names by provider, then the differences by cause.
    var text: String {
        var lines: [String] = []
        for provider in providers {
            let name = provider["provider"]?.string ?? ""
            if let reason = provider["unreadable"]?.string { lines.append("\(name) could not be compared: \(reason)") }
            if let bound = Self.bound(of: provider) { lines.append("\(name): \(bound)") }
        }
        if let reason = run["reason"]?.string { lines.append("comparison \(id) failed: \(reason)") }
        for count in causes { lines += self.lines(of: count) }
        if !acceptances.isEmpty { lines += [""] + acceptances }
        lines.append("comparison \(id): \(verdict)")
        // A vendor's value must not forge a line.
        return ([Terminal.table(rows)] + lines.map { VisibleText.escaped($0) }).joined(separator: "\n")
    }

    /// Who accepted which cause, a sentence each.
    var acceptances: [String] {
        run.elements(of: "acceptances").map { item in
            func text(_ name: String) -> String { item[name]?.string ?? "" }
            let provider = item["provider"]?.string ?? "every provider"
            let name = item["name"]?.string.map { " for \($0)" } ?? ""
            return
                "\(text("client")) accepted \(text("cause")) at \(provider)\(name) on \(text("accepted_at")) "
                + "until \(text("until")): \(text("reason"))"
        }
    }

    private var rows: [[String]] {
        // Of amounts, customers are counted.
        let first = isUsage ? "CUSTOMERS BY METRIC" : "NAME"
        var rows = [[first, "PROVIDER"] + Self.columns.map { $0.uppercased() }]
        for cell in cells { rows.append([cell.name, cell.provider] + cell.counts.map { "\($0)" }) }
        for provider in providers {
            let counts = Self.columns.map { provider[$0]?.numberText ?? "0" }
            rows.append([isUsage ? "all metrics" : "all names", provider["provider"]?.string ?? ""] + counts)
        }
        return rows
    }

    /// A cause with its number, what it means, and examples.
    private func lines(of count: CauseCount) -> [String] {
        let accepted = count.accepted > 0 ? ", \(count.accepted) of them accepted" : ""
        var lines = ["", "\(count.cause) at \(count.provider): \(count.count)\(accepted). \(count.summary)"]
        let shown = examples.filter { $0.cause == count.cause && $0.provider == count.provider }
        lines += shown.map { $0.detail.isEmpty ? "  \($0.id)" : "  \($0.id)  \($0.detail)" }
        if count.count > shown.count {
            lines.append(
                "  … all of them: tollgate parity findings \(id) --cause \(count.cause) --provider \(count.provider) --csv"
            )
        }
        return lines
    }

    /// What a digest may have missed.
    static func bound(of provider: JSONValue) -> String? {
        guard let counted = provider["counted_only"]?.int64, counted > 0 else { return nil }
        let sampled = provider["sampled_parts"]?.int64 ?? 0
        let sums = sums(of: provider)
        guard sampled > 0, let text = provider["bound"]?.numberText, let bound = Double(text) else {
            return """
                \(counted) events were only counted, and none of them was compared: altered events would go unnoticed there, as \
                would a lost event beside a foreign one.\(sums)
                """
        }
        // Rounded up: a comparison never shows that nothing can differ.
        let percent = (bound * 10_000 - 0.000_001).rounded(.up) / 100
        return """
            \(counted) events were only counted. Beside them \(sampled) parts were compared, at random: pages, or single events where \
            the vendor finds them by ID. If those are clean, at most \(percent)% of the parts hold a difference (95% \
            confidence).\(sums)
            """
    }

    /// What sums say of the events that were only counted; empty if nothing was summed.
    private static func sums(of provider: JSONValue) -> String {
        guard let summed = provider["summed"]?.int64, summed > 0 else { return "" }
        return """
             For \(summed) of them the sum of the metered property agrees too, by name and hour: a difference there changes no \
            such sum.
            """
    }
}

/// A difference as people read it.
struct FindingLine {
    let provider: String
    let cause: String
    /// Of the event, else the vendor's; for an amount the metric and the customer.
    let id: String
    let name: String
    let customer: String
    /// When the event occurred; empty for an amount.
    let time: String
    /// What differs, and what was done about it; empty if the cause says all.
    let detail: String

    init(_ finding: JSONValue) {
        provider = finding["provider"]?.string ?? ""
        cause = finding["cause"]?.string ?? ""
        name = finding["name"]?.string ?? ""
        customer = finding["customer_id"]?.string ?? finding["subscription_id"]?.string ?? ""
        let event = finding["event_id"]?.string ?? finding["vendor_id"]?.string
        let isAmount =
            event == nil && finding["differences"]?.elements.contains { $0["field"]?.string == "units" } ?? false
        id = event ?? (isAmount ? "\(name) of \(customer.isEmpty ? "all customers" : customer)" : "-")
        time = finding["timestamp"]?.string ?? ""
        var parts = finding["differences"]?.elements.map(Self.difference) ?? []
        if let text = finding["detail"]?.string { parts.append(text) }
        if finding["confirmed"]?.bool == false { parts.append("not confirmed by a second read") }
        if let resolution = finding["resolution"]?.string { parts.append(resolution) }
        detail = parts.joined(separator: "; ")
    }

    /// One differing field: what was sent and what the vendor shows.
    private static func difference(_ item: JSONValue) -> String {
        let (field, kind) = (item["field"]?.string ?? "", item["kind"]?.string ?? "")
        if field == "units" {
            return "used \(item["sent"]?.string ?? "0"), billed \(item["shown"]?.string ?? "nothing")"
        }
        if kind == "money" {
            let (cost, due) = (item["shown"]?.string ?? "nothing", item["sent"]?.string ?? "nothing")
            return "the vendor bills \(cost), and \(due) at the same price is what was used"
        }
        return
            "\(field) (\(kind)): sent \(item["sent"]?.string ?? "nothing"), vendor has \(item["shown"]?.string ?? "nothing")"
    }
}
