package import Events

/// The events of a span of their own time that are accepted within a span of time; each may be open at either end.
package struct EventWindow: Sendable, Equatable {
    /// By the events' own timestamps.
    package let event: UsageWindow
    /// By the time of their acceptance.
    package let acceptance: UsageWindow

    /// All events.
    package static let always = EventWindow()

    package init(event: UsageWindow = .always, acceptance: UsageWindow = .always) {
        self.event = event
        self.acceptance = acceptance
    }

    /// Whether an event is in it.
    /// - Parameters:
    ///   - time: the event's own.
    ///   - now: when it is accepted.
    package func contains(_ time: Timestamp, acceptedAt now: Timestamp) -> Bool {
        event.contains(time) && acceptance.contains(now)
    }

    /// The events that are in both; nil if there are none.
    package func overlap(with other: EventWindow) -> EventWindow? {
        guard let event = event.overlap(with: other.event),
            let acceptance = acceptance.overlap(with: other.acceptance)
        else { return nil }
        return EventWindow(event: event, acceptance: acceptance)
    }

    /// The events that are in none of these windows: by the time of their acceptance, then by their own.
    package static func gaps(between windows: [EventWindow]) -> [EventWindow] {
        var gaps: [EventWindow] = []
        // Between two neighbouring bounds, the same windows take what is accepted.
        for acceptance in UsageWindow.parts(of: windows.map(\.acceptance)) {
            let there = windows.filter { $0.acceptance.overlap(with: acceptance) != nil }.map(\.event)
            for gap in UsageWindow.gaps(between: there) {
                if let last = gaps.lastIndex(where: { $0.event == gap && $0.acceptance.until == acceptance.from }),
                    let joined = UsageWindow(from: gaps[last].acceptance.from, until: acceptance.until)
                {
                    gaps[last] = EventWindow(event: gap, acceptance: joined)
                } else {
                    gaps.append(EventWindow(event: gap, acceptance: acceptance))
                }
            }
        }
        return gaps
    }

    /// ` from 2027-01-01T00:00:00.000Z accepted until 2027-02-01T00:00:00.000Z`, or a part of it, with the space; empty for ``always``.
    package var text: String {
        event.text + (acceptance == .always ? "" : " accepted\(acceptance.text)")
    }
}

extension UsageWindow {
    /// All of time, divided at every bound of these windows.
    fileprivate static func parts(of windows: [UsageWindow]) -> [UsageWindow] {
        let bounds = Set(windows.flatMap { [$0.from, $0.until] }.compactMap(\.self)).sorted()
        let starts = [nil] + bounds.map(Optional.some)
        let ends = bounds.map(Optional.some) + [nil]
        return zip(starts, ends).compactMap { UsageWindow(from: $0, until: $1) }
    }
}
