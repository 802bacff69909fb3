import ArgumentParser

/// A window of events' timestamps.
struct TimestampOptions: ParsableArguments {
    @Option(help: "Events with a timestamp at or after this time, such as 2026-01-31T00:00:00Z.")
    var from: String?

    @Option(help: "Events with a timestamp before this time.")
    var until: String?

    func add(to parameters: inout QueryParameters) {
        parameters.add("from", from)
        parameters.add("until", until)
    }
}

/// A window of the times at which the gateway accepted events.
struct AcceptanceOptions: ParsableArguments {
    @Option(help: "Events accepted at or after this time, such as 2026-01-31T00:00:00Z.")
    var acceptedFrom: String?

    @Option(help: "Events accepted before this time.")
    var acceptedUntil: String?

    func add(to parameters: inout QueryParameters) {
        parameters.add("accepted_from", acceptedFrom)
        parameters.add("accepted_until", acceptedUntil)
    }
}
