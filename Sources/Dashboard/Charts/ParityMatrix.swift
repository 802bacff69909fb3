import Events

/// How many events differ, by provider and name: a table, so that cells can be read, followed, printed and copied.
struct ParityMatrix: Sendable {
    /// The numbers of one name at one provider.
    struct Cell: Sendable, Equatable {
        let provider: String
        let name: String
        let expected: Int
        let missing: Int
        let extra: Int
        let different: Int
        /// The findings of the cell.
        let address: String

        /// How many events are not as they should be.
        var differing: Int { PlainNumbers.sum([missing, extra, different]) }

        /// From 0, equal, to 4, more than one in ten.
        var shade: Int {
            guard differing > 0 else { return 0 }
            let share = Double(differing) / Double(max(expected, 1))
            if share > 0.1 { return 4 }
            if share > 0.01 { return 3 }
            return share > 0.001 ? 2 : 1
        }
    }

    let caption: String
    /// In the order of the columns.
    let providers: [String]
    let cells: [Cell]

    /// An HTML `table`.
    var markup: String {
        var writer = MarkupWriter()
        writer.element("table", ["class": "matrix"]) { writer in
            writer.element("caption", text: caption)
            writer.element("thead") { writer in
                writer.element("tr") { writer in
                    writer.element("th", ["scope": "col"], text: "Name")
                    for provider in providers { writer.element("th", ["scope": "col"], text: provider) }
                }
            }
            writer.element("tbody") { writer in
                for (name, row) in rows { draw(name.rawValue, row, &writer) }
            }
        }
        return writer.text
    }

    /// By name, those with the most differences first.
    private var rows: [(name: ExactText, cells: [ExactText: Cell])] {
        var rows: [ExactText: [ExactText: Cell]] = [:]
        for cell in cells { rows[cell.name.exact, default: [:]][cell.provider.exact] = cell }
        return rows.map { (name: $0.key, cells: $0.value) }.sorted { left, right in
            let (most, other) = (Self.most(left.cells), Self.most(right.cells))
            return most == other ? left.name < right.name : most > other
        }
    }

    private static func most(_ cells: [ExactText: Cell]) -> Int { cells.values.map(\.differing).max() ?? 0 }

    private func draw(_ name: String, _ row: [ExactText: Cell], _ writer: inout MarkupWriter) {
        writer.element("tr") { writer in
            writer.element("th", ["scope": "row"], text: name)
            for provider in providers {
                guard let cell = row[provider.exact] else {
                    writer.element("td", ["class": "shade-none"], text: "–")
                    continue
                }
                writer.element("td", ["class": "shade-\(cell.shade)"]) { Self.draw(cell, &$0) }
            }
        }
    }

    private static func draw(_ cell: Cell, _ writer: inout MarkupWriter) {
        let parts = [(cell.missing, "missing"), (cell.extra, "extra"), (cell.different, "different")]
            .filter { $0.0 > 0 }.map { "\(GroupedInteger.text($0.0)) \($0.1)" }
        let of = "of \(GroupedInteger.text(cell.expected))"
        guard !parts.isEmpty else {
            writer.element("b", text: "equal")
            writer.element("span", text: of)
            return
        }
        writer.element("a", ["href": cell.address]) { writer in
            writer.element("b", text: GroupedInteger.text(cell.differing))
            writer.element("span", text: "\(of): \(parts.joined(separator: ", "))")
        }
    }
}
