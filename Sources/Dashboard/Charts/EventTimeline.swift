import Events

/// What happened to one event: a lane per destination with its attempts, and the waits between them.
struct EventTimeline: Sendable {
    /// Unique on the page.
    let id: String
    let acceptedAt: Timestamp
    let deliveries: [Delivery]

    /// Maximum number of lanes, and of attempts in each, that are drawn: the first and the newest.
    private static let mostLanes = 40
    private static let mostAttempts = 60

    private static let laneHeight = 52.0
    private static let top = 26.0

    /// An HTML `figure`.
    var markup: String {
        let lanes = deliveries.prefix(Self.mostLanes).map { Lane($0, most: Self.mostAttempts) }
        let scale = StretchedTime([acceptedAt] + lanes.flatMap(\.times))
        let height = Self.top + Self.laneHeight * Double(max(lanes.count, 1))
        var writer = MarkupWriter()
        writer.element("figure", ["class": "timeline", "id": id]) { writer in
            let drawing: KeyValuePairs = [
                "width": "100%", "height": Coordinate.text(height), "role": "img",
                "aria-labelledby": "\(id)-title \(id)-description",
            ]
            writer.element("svg", drawing) { writer in
                writer.element("title", ["id": "\(id)-title"], text: "Timeline of the event")
                writer.element("desc", ["id": "\(id)-description"], text: description)
                ends(of: scale, height, &writer)
                // A margin, so that the markers at both ends are inside.
                let area: KeyValuePairs = ["x": "2%", "y": "0", "width": "96%", "height": Coordinate.text(height)]
                writer.element("svg", area) { writer in
                    for (index, lane) in lanes.enumerated() {
                        draw(lane, on: scale, y: Self.top + Self.laneHeight * Double(index), &writer)
                    }
                }
            }
            if deliveries.count > lanes.count {
                writer.element("p", ["class": "note"], text: "\(deliveries.count - lanes.count) more destinations")
            }
        }
        return writer.text
    }

    private func ends(of scale: StretchedTime, _ height: Double, _ writer: inout MarkupWriter) {
        writer.element("g", ["class": "grid", "aria-hidden": "true"]) { writer in
            writer.empty("line", ["x1": "2%", "x2": "2%", "y1": "18", "y2": Coordinate.text(height)])
            writer.element("text", ["x": "0", "y": "12"], text: "accepted \(Self.clock(acceptedAt))")
            guard let last = scale.times.last, last > acceptedAt else { return }
            let text = "\(Self.clock(last)) UTC (+\(Self.text(last - acceptedAt)))"
            writer.element("text", ["x": "100%", "y": "12", "text-anchor": "end"], text: text)
        }
    }

    private func draw(_ lane: Lane, on scale: StretchedTime, y: Double, _ writer: inout MarkupWriter) {
        let track = Coordinate.text(y + 34)
        writer.element("text", ["class": "lane", "x": "0", "y": Coordinate.text(y + 18)]) { writer in
            writer.append(lane.name)
            writer.element("tspan", ["class": "muted", "dx": "8"], text: lane.summary)
        }
        writer.empty(
            "line",
            ["class": "track", "x1": "0", "x2": Coordinate.percent(scale.share(lane.end)), "y1": track, "y2": track]
        )
        for wait in lane.waits(from: acceptedAt) {
            let (start, end) = (scale.share(wait.lowerBound), scale.share(wait.upperBound))
            writer.empty(
                "line",
                [
                    "class": "wait", "x1": Coordinate.percent(start), "x2": Coordinate.percent(end), "y1": track,
                    "y2": track,
                ]
            )
            guard end - start > 0.09 else { continue }
            let middle: KeyValuePairs = [
                "class": "wait-text", "x": Coordinate.percent((start + end) / 2), "y": Coordinate.text(y + 48),
                "text-anchor": "middle",
            ]
            writer.element("text", middle, text: Self.text(wait.upperBound - wait.lowerBound))
        }
        for attempt in lane.attempts {
            let (start, end) = (scale.share(attempt.attempt.at), scale.share(attempt.end))
            writer.empty(
                "line",
                [
                    "class": "call \(attempt.attempt.status.rawValue)", "x1": Coordinate.percent(start),
                    "x2": Coordinate.percent(end), "y1": track, "y2": track,
                ]
            )
            marker(attempt.attempt.status, share: end, y: y + 34, title: attempt.title, &writer)
        }
        if let next = lane.nextAttemptAt {
            let title = "Next attempt at \(Self.clock(next)) UTC"
            marker(.pending, share: scale.share(next), y: y + 34, title: title, &writer)
        }
    }

    private func marker(
        _ status: DeliveryStatus,
        share: Double,
        y: Double,
        title: String,
        _ writer: inout MarkupWriter
    ) {
        let place: KeyValuePairs = [
            "class": "mark \(status.rawValue)", "x": Coordinate.percent(share), "y": Coordinate.text(y),
            "overflow": "visible",
        ]
        writer.element("svg", place) { writer in
            writer.element("path", ["d": StatusMarker.path(status)]) { $0.element("title", text: title) }
        }
    }

    private var description: String {
        let lanes = deliveries.prefix(Self.mostLanes).map { delivery in
            "\(delivery.provider.rawValue): \(Lane(delivery, most: Self.mostAttempts).summary)."
        }
        return (["Accepted at \(acceptedAt.rfc3339)."] + lanes).joined(separator: " ")
    }

    static func clock(_ time: Timestamp) -> String { String(time.rfc3339.dropFirst(11).prefix(8)) }

    static func text(_ duration: Duration) -> String {
        ChartUnit.milliseconds.text(Double(duration.wholeMilliseconds))
    }
}

extension EventTimeline {
    /// One destination's part of the timeline.
    private struct Lane {
        /// An attempt and what a person reads about it.
        struct Try {
            let attempt: Attempt
            let title: String

            var end: Timestamp { attempt.at + attempt.latency }
        }

        let name: String
        let summary: String
        let attempts: [Try]
        let nextAttemptAt: Timestamp?

        init(_ delivery: Delivery, most: Int) {
            name = delivery.provider.rawValue
            let count = delivery.attempts == 1 ? "1 attempt" : "\(delivery.attempts) attempts"
            let lane = delivery.lane.map { ", backfill \($0.rawValue)" } ?? ""
            summary = "\(delivery.mode.rawValue)\(lane): \(delivery.status.rawValue), \(count)"
            let tries = delivery.history.enumerated().map { number, attempt in
                Try(attempt: attempt, title: Self.title(attempt, number: number + 1))
            }
            attempts = tries.count > most ? tries.prefix(most / 2) + tries.suffix(most / 2) : tries
            nextAttemptAt = delivery.status == .retrying ? delivery.nextAttemptAt : nil
        }

        var times: [Timestamp] {
            attempts.flatMap { [$0.attempt.at, $0.end] } + (nextAttemptAt.map { [$0] } ?? [])
        }

        var end: Timestamp { times.max() ?? Timestamp(milliseconds: .min) }

        /// Stretches of more than a second without a call.
        func waits(from accepted: Timestamp) -> [ClosedRange<Timestamp>] {
            var waits: [ClosedRange<Timestamp>] = []
            var idleSince = accepted
            let calls = attempts.map { ($0.attempt.at, $0.end) } + (nextAttemptAt.map { [($0, $0)] } ?? [])
            for (start, end) in calls {
                if start > idleSince + .seconds(1) { waits.append(idleSince...start) }
                idleSince = max(idleSince, end)
            }
            return waits
        }

        private static func title(_ attempt: Attempt, number: Int) -> String {
            var parts = ["Attempt \(number) at \(clock(attempt.at)) UTC: \(attempt.status.rawValue)"]
            if let status = attempt.httpStatus { parts.append("HTTP \(status)") }
            parts.append(text(attempt.latency))
            if attempt.deduplicated { parts.append("the vendor had it already") }
            if let fault = attempt.fault { parts.append("\(fault.code.rawValue): \(fault.message)") }
            return parts.joined(separator: ", ")
        }
    }
}
