import Events

/// What charts over time have in common: figure, caption, legend, lines of the scale, times.
///
/// The drawing stretches with the page, its text does not: lines are in an inner `svg` that is stretched, labels are placed by percent.
struct PlotFrame: Sendable {
    /// Unique on the page.
    let id: String
    let title: String
    let times: ChartTimes
    let unit: ChartUnit
    let axis: ValueAxis

    /// The size of the drawing before it is stretched.
    static let width = 600.0
    static let height = 120.0
    /// The space above it, in which the label of the top line is.
    private static let top = 16.0

    /// The whole figure.
    /// - Parameters:
    ///   - description: read to those who do not see the chart.
    ///   - lines: draws in a box of ``width`` and ``height``.
    ///   - markers: draws over it.
    func markup(
        legend: [ChartSeries],
        description: String,
        isEmpty: Bool,
        lines: (inout MarkupWriter) -> Void,
        markers: (inout MarkupWriter) -> Void = { _ in }
    ) -> String {
        var writer = MarkupWriter()
        let attributes: KeyValuePairs = [
            "class": "chart", "id": id, "data-start": "\(times.start.milliseconds)",
            "data-step": "\(times.step.wholeMilliseconds)", "data-count": "\(times.count)", "data-unit": unit.rawValue,
        ]
        writer.element("figure", attributes) { writer in
            writer.element("figcaption") { writer in
                writer.element("span", ["class": "chart-title"], text: title)
                self.legend(legend, &writer)
            }
            let drawing: KeyValuePairs = [
                "class": "plot", "width": "100%", "height": "160", "role": "img",
                "aria-labelledby": "\(id)-title \(id)-description",
            ]
            writer.element("svg", drawing) { writer in
                writer.element("title", ["id": "\(id)-title"], text: title)
                writer.element("desc", ["id": "\(id)-description"], text: description)
                grid(&writer)
                let box: KeyValuePairs = [
                    "class": "lines", "x": "0", "y": Coordinate.text(Self.top), "width": "100%",
                    "height": Coordinate.text(Self.height), "viewBox": "0 0 600 120", "preserveAspectRatio": "none",
                ]
                writer.element("svg", box, lines)
                values(&writer)
                markers(&writer)
                if isEmpty {
                    writer.element(
                        "text",
                        ["class": "no-data", "x": "50%", "y": "80", "text-anchor": "middle"],
                        text: "No data in this period"
                    )
                }
            }
        }
        return writer.text
    }

    private func legend(_ series: [ChartSeries], _ writer: inout MarkupWriter) {
        guard !series.isEmpty else { return }
        writer.element("ul", ["class": "legend"]) { writer in
            for line in series {
                writer.element("li", ["class": "s\(line.slot)"]) { writer in
                    let key: KeyValuePairs = [
                        "class": "key", "width": "12", "height": "12", "viewBox": "-6 -6 12 12", "aria-hidden": "true",
                    ]
                    writer.element("svg", key) { $0.empty("path", ["d": SeriesMarker.path(line.slot)]) }
                    writer.element("span", text: line.name)
                    writer.element("b", text: line.latest.map(unit.text) ?? "–")
                }
            }
        }
    }

    private func grid(_ writer: inout MarkupWriter) {
        writer.element("g", ["class": "grid", "aria-hidden": "true"]) { writer in
            for tick in axis.ticks {
                let y = Coordinate.text(Self.top + self.y(tick))
                writer.empty("line", ["x1": "0", "x2": "100%", "y1": y, "y2": y])
            }
            for tick in TimeAxis(times).ticks {
                let anchor = tick.share < 0.015 ? "start" : tick.share > 0.985 ? "end" : "middle"
                writer.element(
                    "text",
                    ["x": Coordinate.percent(tick.share), "y": "152", "text-anchor": anchor],
                    text: tick.label
                )
            }
        }
    }

    /// The values of the scale, over the lines that they would else be hidden by.
    private func values(_ writer: inout MarkupWriter) {
        writer.element("g", ["class": "grid", "aria-hidden": "true"]) { writer in
            for tick in axis.ticks.dropFirst() {
                writer.element(
                    "text",
                    ["x": "0", "y": Coordinate.text(Self.top + y(tick) - 4)],
                    text: unit.text(tick)
                )
            }
        }
    }

    /// The horizontal position of a value in the box.
    func x(_ index: Int) -> Double { times.share(index) * Self.width }

    /// The vertical position of a value in the box.
    func y(_ value: Double) -> Double { Self.height * (1 - min(max(value / axis.top, 0), 1)) }

    /// A marker of a series at a value.
    func marker(_ series: ChartSeries, at index: Int, _ value: Double, _ writer: inout MarkupWriter) {
        let place: KeyValuePairs = [
            "class": "marker s\(series.slot)", "x": Coordinate.percent(times.share(index)),
            "y": Coordinate.text(Self.top + y(value)), "overflow": "visible",
        ]
        writer.element("svg", place) { $0.empty("path", ["d": SeriesMarker.path(series.slot)]) }
    }

    /// A sentence per series for those who do not see the chart.
    func description(of series: [ChartSeries]) -> String {
        let sentences = series.map { line in
            guard let peak = line.peak else { return "\(line.name): no data." }
            let latest = line.latest.map { "now \(unit.text($0))" } ?? "now unknown"
            return "\(line.name): \(latest), highest \(unit.text(peak.value)) at \(time(peak.index)) UTC."
        }
        return sentences.isEmpty ? "No data in this period." : sentences.joined(separator: " ")
    }

    private func time(_ index: Int) -> String { String(times.time(index).rfc3339.dropFirst(11).prefix(8)) }

    /// The values of a series for the script's tooltip: one per drawn piece, `low~high` where they differ, empty in a gap.
    static func data(_ values: [Double?], in pieces: [Range<Int>]) -> String {
        var bytes: [UInt8] = []
        for (place, piece) in pieces.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let extremes = Thinning.extremes(values, in: piece), let low = values[extremes.low],
                let high = values[extremes.high]
            else { continue }
            write(low, to: &bytes)
            guard low < high else { continue }
            bytes.append(UInt8(ascii: "~"))
            write(high, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Four significant digits are enough for a tooltip. No series has negative values; such a one, or none at all, is shown as 0.
    private static func write(_ value: Double, to bytes: inout [UInt8]) {
        if value >= 1e12 { return bytes.append(contentsOf: "\(value)".utf8) }
        let value = value > 0 ? value : 0
        if value >= 1000 { return Coordinate.write(digitsOf: UInt(min(value, 1e12).rounded()), to: &bytes) }
        let (whole, rest) = UInt(min(value * 100, 1e6).rounded()).quotientAndRemainder(dividingBy: 100)
        Coordinate.write(digitsOf: whole, to: &bytes)
        guard rest > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        if rest < 10 { bytes.append(UInt8(ascii: "0")) }
        Coordinate.write(digitsOf: rest % 10 == 0 ? rest / 10 : rest, to: &bytes)
    }
}
