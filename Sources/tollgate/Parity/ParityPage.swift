import JSON

/// A comparison as one self-contained HTML page that can be printed.
struct ParityPage {
    private let report: ParityReport

    init(_ report: ParityReport) {
        self.report = report
    }

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
        <h2>Events by name</h2>
        \(table)
        \(causes)
        \(notes)
        <footer>Comparison \(report.id), level \(Self.escaped(value("level"))), requested by
        \(Self.escaped(value("client"))) at \(Self.escaped(value("requested_at"))), ended at
        \(Self.escaped(value("ended_at"))).</footer>
        </main>
        </body>
        </html>

        """
    }

    private var verdict: String {
        switch report.verdict {
        case "equal": "The vendors have what they were sent"
        case "different": "The vendors differ from what they were sent"
        default: "Not everything could be compared"
        }
    }

    private var scope: String {
        let names = report.providers.compactMap { $0["provider"]?.string }.joined(separator: ", ")
        return "\(names): events from \(value("from")) up to, not including, \(value("until"))."
    }

    private func value(_ name: String) -> String { report.run[name]?.string ?? "-" }

    // MARK: Chart

    /// A bar a provider: found, different, missing, and what the vendor has beyond.
    private var chart: String {
        let rowHeight = 46
        let providers = report.providers
        let height = providers.count * rowHeight + 8
        var marks = ""
        for (index, provider) in providers.enumerated() {
            marks += row(provider, top: index * rowHeight)
        }
        let legend = Self.kinds.map { #"<span class="key \#($0.name)">\#($0.label)</span>"# }.joined(separator: "\n")
        return """
            <figure>
            <svg viewBox="0 0 720 \(height)" role="img" aria-label="Events found, different, missing and extra, by provider">
            \(marks)</svg>
            <figcaption>\(legend)</figcaption>
            </figure>
            """
    }

    private static let kinds = [
        (name: "equal", label: "equal"), (name: "different", label: "other values"),
        (name: "missing", label: "missing"),
        (name: "extra", label: "extra"),
    ]

    private func row(_ provider: JSONValue, top: Int) -> String {
        let expected = provider["expected"]?.int64 ?? 0
        let different = provider["different"]?.int64 ?? 0
        let found = max(0, (provider["found"]?.int64 ?? 0) - different)
        let missing = provider["missing"]?.int64 ?? 0
        let extra = provider["extra"]?.int64 ?? 0
        let name = Self.escaped(provider["provider"]?.string ?? "")
        let total = max(1, found + different + missing + extra)
        let unread = provider["unreadable"]?.string == nil ? "" : ", not all of them could be compared"
        var text = #"<text x="0" y="\#(top + 14)">\#(name): \#(expected) events\#(unread)</text>"# + "\n"
        var left = 0.0
        for (kind, count) in zip(Self.kinds, [found, different, missing, extra]) where count > 0 {
            // A few among millions are still seen.
            let width = min(720 - left, max(3, 720 * Double(count) / Double(total)))
            guard width > 0 else { continue }
            let x = (left * 10).rounded() / 10
            text += """
                <rect class="\(kind.name)" x="\(x)" y="\(top + 20)" width="\((width * 10).rounded() / 10)" height="18">\
                <title>\(count) \(kind.label)</title></rect>

                """
            left += width
        }
        return text
    }

    // MARK: Tables

    private var table: String {
        var rows = ""
        for cell in report.cells {
            rows += Self.row([cell.name, cell.provider] + cell.counts.map { "\($0)" }, isTotal: false)
        }
        for provider in report.providers {
            let counts = ParityReport.columns.map { provider[$0]?.numberText ?? "0" }
            rows += Self.row(["All names", provider["provider"]?.string ?? ""] + counts, isTotal: true)
        }
        return """
            <table>
            <thead><tr><th>Name</th><th>Provider</th><th>Expected</th><th>Found</th><th>Missing</th><th>Extra</th>\
            <th>Different</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            """
    }

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

    private func examples(of count: ParityReport.CauseCount) -> String {
        let shown = report.examples.filter { $0.cause == count.cause && $0.provider == count.provider }
        guard !shown.isEmpty else { return "" }
        let rows = shown.map { Self.textRow([$0.id, $0.name, $0.customer, $0.time, $0.detail]) }.joined()
        let more = count.count > shown.count ? "<p>The first \(shown.count) of \(count.count).</p>" : ""
        return """
            <table class="ids">
            <thead><tr><th>Event</th><th>Name</th><th>Customer</th><th>Time</th><th>Detail</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            \(more)
            """
    }

    private static func textRow(_ cells: [String]) -> String {
        "<tr>\(cells.map { "<td>\(escaped($0))</td>" }.joined())</tr>\n"
    }

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

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static let style = """
        :root{color-scheme:light}
        body{margin:0;background:#fff;color:#1b1f24;font:15px/1.5 system-ui,sans-serif}
        main{max-width:780px;margin:0 auto;padding:32px 24px}
        h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}h3{font-size:15px;margin:20px 0 4px}
        .lead{color:#57606a;margin:0 0 24px}
        figure{margin:0}svg{width:100%;height:auto}text{font:13px system-ui,sans-serif;fill:#1b1f24}
        rect.equal{fill:#2c7be5}rect.different{fill:#e0a100}rect.missing{fill:#c62f3b}rect.extra{fill:#7b4fb5}
        figcaption{font-size:13px;color:#57606a}.key{margin-right:16px}
        .key::before{content:"";display:inline-block;width:10px;height:10px;margin-right:6px;background:#2c7be5}
        .key.different::before{background:#e0a100}.key.missing::before{background:#c62f3b}
        .key.extra::before{background:#7b4fb5}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th,td{text-align:left;padding:5px 8px;border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}
        th{font-weight:600;color:#57606a}td.number{text-align:right;font-variant-numeric:tabular-nums}
        thead th:nth-child(n+3){text-align:right}.ids thead th{text-align:left}
        td.fault{color:#a1202c;font-weight:600}tr.total td{font-weight:600;border-top:2px solid #57606a}
        .ids{font-size:12px}footer{margin-top:40px;color:#57606a;font-size:12px}
        @media print{main{max-width:none;padding:0}section{break-inside:avoid}
        rect,.key::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """
}
