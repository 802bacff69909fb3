import Events
import JSON

/// A comparison as one self-contained HTML page that can be printed.
struct ParityPage {
    private let report: ParityReport

    init(_ report: ParityReport) {
        self.report = report
    }

    /// One file without references to others, so that it can be sent and kept.
    var text: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Comparison \(report.id): \(Self.escaped(verdict))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <h1>\(Self.escaped(verdict))</h1>
        <p class="lead">\(Self.escaped(scope))</p>
        \(chart)
        <h2>\(report.isUsage ? "Customers by metric" : "Events by name")</h2>
        \(table)
        \(causes)
        \(acceptances)
        \(notes)
        <footer>Comparison \(report.id), level \(Self.escaped(value("level"))), requested by
        \(Self.escaped(value("client"))) at \(Self.escaped(value("requested_at"))), ended at
        \(Self.escaped(value("ended_at"))).</footer>
        </main>
        </body>
        </html>

        """
    }

    /// The result as the first sentence of the page.
    private var verdict: String {
        switch report.verdict {
        case "equal": report.isUsage ? "The vendors bill what was used" : "The vendors have what they were sent"
        case "different":
            report.isUsage
                ? "The vendors bill other amounts than were used" : "The vendors differ from what they were sent"
        default: "Not everything could be compared"
        }
    }

    /// Who was compared, and when.
    private var scope: String {
        let names = report.providers.compactMap { $0["provider"]?.string }.joined(separator: ", ")
        return
            "\(names): \(report.isUsage ? "usage" : "events") from \(value("from")) up to, not including, \(value("until"))."
    }

    private func value(_ name: String) -> String { report.run[name]?.string ?? "-" }

    // MARK: Chart

    /// A bar per provider: found, different, missing and extra. Its text is beside the drawing, so that it stays readable at any width.
    private var chart: String {
        let bars = report.providers.map(bar).joined()
        let legend = Self.kinds.map { #"<span class="key \#($0.name)">\#($0.label)</span>"# }.joined(separator: "\n")
        return "<figure>\n\(bars)<figcaption>\(legend)</figcaption>\n</figure>"
    }

    /// Classes of the style sheet, in the order of the bar, with their labels.
    private static let kinds = [
        (name: "equal", label: "equal"), (name: "different", label: "other values"),
        (name: "missing", label: "missing"),
        (name: "extra", label: "extra"),
    ]
    /// In units of the drawing, which is stretched to the width of the page.
    private static let barWidth = 720.0

    /// A bar with the shares of equal, different, missing and extra events at one provider.
    private func bar(_ provider: JSONValue) -> String {
        func count(_ name: String) -> Int64 { max(0, provider[name]?.int64 ?? 0) }
        let (different, missing, extra) = (count("different"), count("missing"), count("extra"))
        let found = max(0, count("found") - different)
        let counts = [found, different, missing, extra]
        let name = Self.escaped(provider["provider"]?.string ?? "")
        let total = max(1, counts.reduce(0) { $0 + Double($1) })
        let unread = provider["unreadable"]?.string == nil ? "" : ", not all of them could be compared"
        var marks = ""
        var left = 0.0
        for (kind, count) in zip(Self.kinds, counts) where count > 0 {
            // A few among millions are still visible.
            let width = min(Self.barWidth - left, max(3, Self.barWidth * Double(count) / total))
            guard width > 0 else { continue }
            marks += """
                <rect class="\(kind.name)" x="\((left * 10).rounded() / 10)" y="0" width="\((width * 10).rounded() / 10)" height="18">\
                <title>\(count) \(kind.label)</title></rect>

                """
            left += width
        }
        return """
            <p class="bar">\(name): \(count("expected")) \(report.isUsage ? "customers" : "events")\(unread)</p>
            <svg viewBox="0 0 720 18" preserveAspectRatio="none" role="img" aria-label="\(name): \(found) equal, \
            \(different) with other values, \(missing) missing, \(extra) extra">
            \(marks)</svg>

            """
    }

    // MARK: Tables

    private var table: String {
        var rows = ""
        for cell in report.cells {
            rows += Self.row([cell.name, cell.provider] + cell.counts.map { "\($0)" }, isTotal: false)
        }
        for provider in report.providers {
            let counts = ParityReport.columns.map { provider[$0]?.numberText ?? "0" }
            rows += Self.row(
                [report.isUsage ? "All metrics" : "All names", provider["provider"]?.string ?? ""] + counts,
                isTotal: true
            )
        }
        return """
            <div class="wide"><table class="counts">
            <thead><tr><th>Name</th><th>Provider</th><th>Expected</th><th>Found</th><th>Missing</th><th>Extra</th>\
            <th>Different</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>
            """
    }

    /// A table row in which counts of differences stand out.
    private static func row(_ cells: [String], isTotal: Bool) -> String {
        let columns = cells.enumerated().map { index, cell in
            let isFault = index > 3 && cell != "0"
            let kind = index < 2 ? "" : isFault ? #" class="number fault""# : #" class="number""#
            return "<td\(kind)>\(escaped(cell))</td>"
        }
        return "<tr\(isTotal ? #" class="total""# : "")>\(columns.joined())</tr>\n"
    }

    private var causes: String {
        guard !report.causes.isEmpty else { return "" }
        var text = "<h2>Differences by cause</h2>\n"
        for count in report.causes {
            let accepted = count.accepted > 0 ? " (\(count.accepted) accepted)" : ""
            text += """
                <section>
                <h3>\(Self.escaped(count.cause)) at \(Self.escaped(count.provider)): \(count.count)\(accepted)</h3>
                <p>\(Self.escaped(count.summary))</p>
                \(examples(of: count))
                </section>

                """
        }
        return text
    }

    /// Some findings with this cause; nothing if the report has none.
    private func examples(of count: ParityReport.CauseCount) -> String {
        let shown = report.examples.filter { $0.cause == count.cause && $0.provider == count.provider }
        guard !shown.isEmpty else { return "" }
        // A column that says nothing takes the others' room.
        let hasDetail = shown.contains { !$0.detail.isEmpty }
        let rows = shown.map { Self.textRow([$0.id, $0.name, $0.customer, $0.time] + (hasDetail ? [$0.detail] : [])) }
        let more = count.count > shown.count ? "<p>The first \(shown.count) of \(count.count).</p>" : ""
        return """
            <div class="wide"><table class="ids">
            <thead><tr><th>\(report.isUsage ? "Amount or event" : "Event")</th><th>Name</th><th>Customer</th><th>Time</th>\(hasDetail ? "<th>Detail</th>" : "")</tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>
            \(more)
            """
    }

    private static func textRow(_ cells: [String]) -> String {
        "<tr>\(cells.map { "<td>\(escaped($0))</td>" }.joined())</tr>\n"
    }

    private var acceptances: String {
        guard !report.acceptances.isEmpty else { return "" }
        let items = report.acceptances.map { "<li>\(Self.escaped($0))</li>" }.joined(separator: "\n")
        return "<h2>Accepted causes</h2>\n<ul>\n\(items)\n</ul>"
    }

    /// Limits of the comparison: what could not be read, and what a digest may have missed.
    private var notes: String {
        let lines =
            report.providers.flatMap { provider -> [String] in
                let name = provider["provider"]?.string ?? ""
                let unreadable = provider["unreadable"]?.string.map { "\(name) could not be compared: \($0)" }
                return [unreadable, ParityReport.bound(of: provider).map { "\(name): \($0)" }].compactMap(\.self)
            } + [report.run["reason"]?.string].compactMap(\.self)
        guard !lines.isEmpty else { return "" }
        let items = lines.map { "<li>\(Self.escaped($0))</li>" }.joined(separator: "\n")
        return "<h2>What was not compared</h2>\n<ul>\n\(items)\n</ul>"
    }

    /// Escapes text for HTML, also inside attributes. Every text from outside goes through this.
    private static func escaped(_ text: String) -> String {
        text.replacingScalars("&", with: "&amp;").replacingScalars("<", with: "&lt;").replacingScalars(
            ">",
            with: "&gt;"
        )
        .replacingScalars("\"", with: "&quot;")
    }

    private static let style = """
        :root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--soft:#57606a;--line:#d8dee4;--fault:#a1202c}
        @media (prefers-color-scheme:dark){
        :root{--page:#14171c;--text:#e6e9ee;--soft:#9aa4b2;--line:#333b47;--fault:#ff8a92}}
        body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
        main{max-width:780px;margin:0 auto;padding:32px 24px}
        h1{font-size:26px;line-height:1.25;margin:0 0 8px}h2{font-size:18px;margin:32px 0 8px}
        h3{font-size:15px;margin:20px 0 4px;overflow-wrap:anywhere}h3+p{margin:0 0 8px}
        .lead{color:var(--soft);margin:0 0 24px;overflow-wrap:anywhere}
        figure{margin:0}.bar{margin:0 0 4px;font-size:13px}svg{display:block;width:100%;height:18px;margin:0 0 12px}
        rect.equal{fill:#2c7be5}rect.different{fill:#e0a100}rect.missing{fill:#c62f3b}rect.extra{fill:#7b4fb5}
        figcaption{font-size:13px;color:var(--soft)}.key{display:inline-block;margin-right:16px}
        .key::before{content:"";display:inline-block;width:10px;height:10px;margin-right:6px;background:#2c7be5}
        .key.different::before{background:#e0a100}.key.missing::before{background:#c62f3b}
        .key.extra::before{background:#7b4fb5}
        .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}
        th,td{text-align:left;padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top}
        td{overflow-wrap:anywhere;min-width:84px}
        th{font-weight:600;color:var(--soft);white-space:nowrap}
        td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;min-width:0}
        .counts th:nth-child(n+3){text-align:right}.ids{font-size:12px}.ids td:last-child{min-width:120px}
        td.fault{color:var(--fault);font-weight:600}tr.total td{font-weight:600}
        tr:not(.total)+tr.total td,tr.total:first-child td{border-top:2px solid var(--soft)}
        footer{margin-top:40px;color:var(--soft);font-size:12px}
        @media (max-width:480px){main{padding:20px 12px}h1{font-size:22px}th,td{padding:5px 6px}
        .counts{font-size:11px}.counts th,.counts td{padding:4px 2px}.counts td{min-width:46px}.counts th{font-size:10px}
        .counts td.number{min-width:0}}
        @media print{:root{--page:#fff;--text:#1b1f24;--soft:#57606a;--line:#d8dee4;--fault:#a1202c}
        main{max-width:none;padding:0}.wide{overflow:visible}td,.ids td:last-child{min-width:0}
        h2,h3,h3+p{break-after:avoid}tr,figure{break-inside:avoid}thead{display:table-header-group}
        rect,.key::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """
}
