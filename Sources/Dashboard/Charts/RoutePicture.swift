/// Clients, routes and providers from left to right, joined by lines as wide as the events that took them.
struct RoutePicture: Sendable {
    /// One box.
    struct Node: Sendable, Equatable {
        let name: String
        /// A second line: what a route matches, a vendor's name.
        let note: String
        /// Where a click leads; nil: nowhere.
        var address: String?
    }

    /// How a line is drawn: as the mode of its destination.
    enum Style: String, Sendable {
        case client, primary, mirror, shadow
    }

    /// A line between boxes of neighbouring columns.
    struct Link: Sendable, Equatable {
        /// Index in the left column.
        let from: Int
        /// Index in the right column.
        let to: Int
        /// Events of the last hour; nil if not counted.
        let events: Int?
        let style: Style
        /// What a person reads when pointing at it.
        let title: String
    }

    /// Unique on the page.
    let id: String
    let clients: [Node]
    let routes: [Node]
    let providers: [Node]
    let fromClients: [Link]
    let toProviders: [Link]

    private static let boxHeight = 44.0
    private static let rowHeight = 60.0
    private static let boxWidth = 26.0
    private static let columns = [0.0, 37.0, 74.0]
    private static let top = 24.0
    /// Maximum number of boxes in a column.
    static let mostNodes = 60

    /// An HTML `figure`.
    var markup: String {
        let columns = [clients, routes, providers].map { Array($0.prefix(Self.mostNodes)) }
        let rows = max(columns.map(\.count).max() ?? 0, 1)
        let height = Self.top + Double(rows) * Self.rowHeight
        var writer = MarkupWriter()
        writer.element("figure", ["class": "route-picture", "id": id]) { writer in
            let drawing: KeyValuePairs = [
                "width": "100%", "height": Coordinate.text(height), "role": "group",
                "aria-labelledby": "\(id)-title \(id)-description",
            ]
            writer.element("svg", drawing) { writer in
                writer.element("title", ["id": "\(id)-title"], text: "Routes from clients to providers")
                writer.element("desc", ["id": "\(id)-description"], text: description)
                for (column, heading) in ["Clients", "Routes", "Providers"].enumerated() {
                    let place = Coordinate.text(Self.columns[column]) + "%"
                    writer.element("text", ["class": "heading", "x": place, "y": "12"], text: heading)
                }
                links(columns, height, &writer)
                for (column, nodes) in columns.enumerated() {
                    for (index, node) in nodes.enumerated() {
                        box(node, column: column, y: y(index, of: nodes.count, rows), &writer)
                    }
                }
            }
            let hidden = zip([clients, routes, providers], columns).map { $0.count - $1.count }.reduce(0, +)
            if hidden > 0 { writer.element("p", ["class": "note"], text: "\(hidden) more are in the file below.") }
        }
        return writer.text
    }

    private func links(_ columns: [[Node]], _ height: Double, _ writer: inout MarkupWriter) {
        let box: KeyValuePairs = [
            "class": "links", "x": "0", "y": "0", "width": "100%", "height": Coordinate.text(height),
            "viewBox": "0 0 100 \(Coordinate.text(height))", "preserveAspectRatio": "none",
        ]
        let most = (fromClients + toProviders).compactMap(\.events).max() ?? 0
        let rows = max(columns.map(\.count).max() ?? 0, 1)
        writer.element("svg", box) { writer in
            for (column, links) in [fromClients, toProviders].enumerated() {
                let (left, right) = (columns[column].count, columns[column + 1].count)
                for link in links where (0..<left).contains(link.from) && (0..<right).contains(link.to) {
                    let start = y(link.from, of: left, rows) + Self.boxHeight / 2
                    let end = y(link.to, of: right, rows) + Self.boxHeight / 2
                    draw(link, column: column, start, end, most: most, &writer)
                }
            }
        }
    }

    private func draw(
        _ link: Link,
        column: Int,
        _ start: Double,
        _ end: Double,
        most: Int,
        _ writer: inout MarkupWriter
    ) {
        let (left, right) = (Self.columns[column] + Self.boxWidth, Self.columns[column + 1])
        let middle = Coordinate.text((left + right) / 2)
        let (from, to) = (Coordinate.text(start), Coordinate.text(end))
        let share = most > 0 ? Double(max(link.events ?? 0, 0)) / Double(most) : 0
        let attributes: KeyValuePairs = [
            "class": "link \(link.style.rawValue)\(link.events == 0 ? " idle" : "")",
            "d": "M\(Coordinate.text(left)) \(from)C\(middle) \(from) \(middle) \(to) \(Coordinate.text(right)) \(to)",
            "stroke-width": Coordinate.text(1.5 + 8.5 * share.squareRoot()),
            "vector-effect": "non-scaling-stroke",
        ]
        writer.element("path", attributes) { $0.element("title", text: link.title) }
    }

    private func box(_ node: Node, column: Int, y: Double, _ writer: inout MarkupWriter) {
        let place: KeyValuePairs = [
            "class": "node", "x": Coordinate.text(Self.columns[column]) + "%", "y": Coordinate.text(y),
            "width": Coordinate.text(Self.boxWidth) + "%", "height": Coordinate.text(Self.boxHeight),
        ]
        writer.element("svg", place) { writer in
            guard let address = node.address else { return content(node, &writer) }
            writer.element("a", ["href": address]) { content(node, &$0) }
        }
    }

    private func content(_ node: Node, _ writer: inout MarkupWriter) {
        writer.element("title", text: node.note.isEmpty ? node.name : "\(node.name): \(node.note)")
        writer.empty("rect", ["x": "0.5", "y": "0.5", "width": "99%", "height": "43", "rx": "6"])
        writer.element("text", ["class": "name", "x": "10", "y": node.note.isEmpty ? "27" : "19"], text: node.name)
        if !node.note.isEmpty { writer.element("text", ["class": "note", "x": "10", "y": "35"], text: node.note) }
    }

    /// The top of a box; a column with fewer boxes is centered.
    private func y(_ index: Int, of count: Int, _ rows: Int) -> Double {
        Self.top + (Double(index) + Double(rows - count) / 2) * Self.rowHeight
    }

    private var description: String {
        let sentences = (fromClients + toProviders).prefix(200).map { $0.title + "." }
        return sentences.isEmpty ? "No routes." : sentences.joined(separator: " ")
    }
}
