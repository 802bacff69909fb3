package import Events

/// What was read of a file so far. One reader counts at a time.
package final class ImportTally {
    /// Events to import.
    package private(set) var events = 0
    /// Rows that were left out, by reason.
    package private(set) var omitted: [String: Int] = [:]
    /// Rows that cannot be imported.
    package private(set) var faults = 0
    package private(set) var first: Timestamp?
    package private(set) var last: Timestamp?
    /// Events by name; of the first ``mostNames`` names.
    package private(set) var names: [String: Int] = [:]

    /// Others are not listed, so that memory does not grow with the file.
    package static let mostNames = 1000

    package init() {}

    func reset() {
        (events, omitted, faults, first, last, names) = (0, [:], 0, nil, nil, [:])
    }

    func count(_ event: ImportedEvent) {
        events += 1
        first = min(first ?? event.timestamp, event.timestamp)
        last = max(last ?? event.timestamp, event.timestamp)
        if names.count < Self.mostNames || names[event.name] != nil { names[event.name, default: 0] += 1 }
    }

    func omit(_ reason: String) { omitted[reason, default: 0] += 1 }

    func countFault() { faults += 1 }
}
