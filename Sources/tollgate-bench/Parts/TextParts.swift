import Events
import JSON
import Vendors

/// What costs no I/O: JSON, and the vendors' languages.
struct TextParts {
    let sample: EventSample
    let seconds: Double

    /// Scanning alone: the floor for everything that reads JSON.
    func scanRow() throws -> Row {
        let time = try PartTime.measure(seconds: seconds) {
            _ = try JSONDocument(parsing: sample.body)
            return EventSample.count
        }
        return Row(PartName.scan, "scan JSON, bodies of 100 events", time.figures(eventBytes: sample.eventBytes))
    }

    /// Reading canonical events, which includes scanning.
    func readRow() -> Row {
        let time = PartTime.measure(seconds: seconds) {
            EventReader().read(sample.body, as: .json).events.count
        }
        return Row(PartName.read, "read canonical events, the same bodies", time.figures(eventBytes: sample.eventBytes))
    }

    /// Translating for each vendor, without joining or sending.
    func translateRows() throws -> [Row] {
        let events = sample.accepted
        return try VendorRegistry.all.map { adapter in
            let name = adapter.traits.adapter
            guard let part = PartName(rawValue: name.rawValue),
                let destination = events[0].plan.destinations.first(where: { $0.adapter == name })
            else { throw BenchFailure(description: "\(name) has no row") }
            let limit = min(adapter.traits.requests.batch.events, events.count)
            let time = try PartTime.measure(seconds: seconds) {
                for start in stride(from: 0, to: events.count, by: limit) {
                    let batch = try events[start..<min(start + limit, events.count)].map { event in
                        try adapter.translate(event, for: destination)
                    }
                    _ = adapter.request(carrying: batch)
                }
                return events.count
            }
            return Row(part, "translate and join, \(limit) a request", time.figures(eventBytes: sample.eventBytes))
        }
    }
}
