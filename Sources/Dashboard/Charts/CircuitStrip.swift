import Events
import Reports

/// Whether a provider was called, over time: a bar per stretch of time in one state, each state at a height of its own beside its colour.
struct CircuitStrip: Sendable {
    /// Unique on the page.
    let id: String
    let times: ChartTimes
    /// One per step; nil: not known, which is drawn as a gap.
    let states: [CircuitState?]

    private static let title = "Circuit"

    /// An HTML `figure`.
    var markup: String {
        var writer = MarkupWriter()
        writer.element("figure", ["class": "chart", "id": id]) { writer in
            writer.element("figcaption") { writer in
                writer.element("span", ["class": "chart-title"], text: Self.title)
                legend(&writer)
            }
            let drawing: KeyValuePairs = [
                "class": "strip", "width": "100%", "height": "44", "role": "img",
                "aria-labelledby": "\(id)-title \(id)-description",
            ]
            writer.element("svg", drawing) { writer in
                writer.element("title", ["id": "\(id)-title"], text: Self.title)
                writer.element("desc", ["id": "\(id)-description"], text: description)
                for stretch in stretches { bar(stretch, &writer) }
                ticks(&writer)
            }
        }
        return writer.text
    }

    /// Neighbours in one state.
    private struct Stretch {
        let state: CircuitState
        /// In steps.
        var range: Range<Int>
    }

    /// As many as a screen can show, each with the state that kept calls away most.
    private var stretches: [Stretch] {
        var stretches: [Stretch] = []
        for piece in Thinning.columns(of: states.count) {
            guard let state = states[piece].compactMap(\.self).max() else { continue }
            if let last = stretches.last, last.state == state, last.range.upperBound == piece.lowerBound {
                stretches[stretches.count - 1].range = last.range.lowerBound..<piece.upperBound
            } else {
                stretches.append(Stretch(state: state, range: piece))
            }
        }
        return stretches
    }

    private func bar(_ stretch: Stretch, _ writer: inout MarkupWriter) {
        let count = Double(max(states.count, 1))
        let (start, end) = (Double(stretch.range.lowerBound) / count, Double(stretch.range.upperBound) / count)
        let (y, height) = Self.place(stretch.state)
        let place: KeyValuePairs = [
            "class": "state \(stretch.state.rawValue)", "x": Coordinate.percent(start),
            "width": Coordinate.percent(end - start), "y": y, "height": height,
        ]
        writer.element("rect", place) { writer in
            writer.element("title", text: "\(stretch.state.rawValue) from \(time(stretch.range.lowerBound)) UTC")
        }
    }

    /// Where a state's bar is, and how high.
    private static func place(_ state: CircuitState) -> (y: String, height: String) {
        switch state {
        case .closed: ("20", "4")
        case .probing: ("12", "12")
        case .open: ("2", "22")
        case .parked: ("11", "4")
        case .held: ("2", "4")
        }
    }

    private func ticks(_ writer: inout MarkupWriter) {
        writer.element("g", ["class": "grid", "aria-hidden": "true"]) { writer in
            for tick in TimeAxis(times).ticks {
                let anchor = tick.share < 0.015 ? "start" : tick.share > 0.985 ? "end" : "middle"
                let place: KeyValuePairs = ["x": Coordinate.percent(tick.share), "y": "40", "text-anchor": anchor]
                writer.element("text", place, text: tick.label)
            }
        }
    }

    /// How long each state lasted, to the step.
    private var totals: [(state: CircuitState, duration: Duration)] {
        CircuitState.allCases.compactMap { state in
            let count = states.count { $0 == state }
            return count > 0 ? (state, times.step * count) : nil
        }
    }

    private func legend(_ writer: inout MarkupWriter) {
        let totals = totals
        guard !totals.isEmpty else { return writer.element("span", ["class": "muted"], text: "No data in this period") }
        writer.element("ul", ["class": "legend"]) { writer in
            for (state, duration) in totals {
                writer.element("li") { writer in
                    writer.element("span", ["class": "status \(Self.mark(state))"], text: state.rawValue)
                    writer.element("b", text: PlainNumbers.duration(duration))
                }
            }
        }
    }

    /// The class of a state's mark in the stylesheet.
    private static func mark(_ state: CircuitState) -> String {
        switch state {
        case .closed: "circuit-closed"
        case .probing: "circuit-half-open"
        case .open: "circuit-open"
        case .parked, .held: "circuit-parked"
        }
    }

    private var description: String {
        let words = totals.map { "\($0.rawValue) for \(PlainNumbers.duration($1))" }
        guard !words.isEmpty else { return "No data in this period." }
        guard let last = stretches.last(where: { $0.state != .closed }) else { return "Closed the whole time." }
        return "\(words.joined(separator: ", ")); last \(last.state.rawValue) from \(time(last.range.lowerBound)) UTC."
    }

    private func time(_ index: Int) -> String { String(times.time(index).rfc3339.dropFirst(11).prefix(8)) }
}
