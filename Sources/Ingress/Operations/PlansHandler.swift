import Access
import Events
import HTTPTypes
import JSON
import Journal

/// `POST /v1/plans`: what another file would do to recorded traffic. `POST /v1/migrations/{name}/plans`: what a migration would do. `GET
/// /v1/plans/{id}`: an existing plan.
struct PlansHandler: Sendable {
    private let planning: any RoutesPlanning

    init(_ services: EndpointServices) {
        planning = services.given.operations.orders.planning
    }

    private static let names: Set<String> = ["from", "until", "accepted_from", "accepted_until", "sample"]

    /// The body is the file itself, so that faults have its lines and columns.
    func make(_ call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: Self.names)
        return try await make(
            .file(try await call.body.read(limitBytes: call.bodyLimitBytes)),
            parameters,
            by: call.caller
        )
    }

    /// `POST /v1/migrations/{name}/plans`: with the active routes, and the new provider getting all events.
    func makeOfMigration(_ call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: Self.names)
        return try await make(.migration(MigrationName(call.parameter)), parameters, by: call.caller)
    }

    private func make(_ subject: PlanOrder.Subject, _ parameters: ListParameters, by caller: Caller) async throws
        -> EndpointResponse
    {
        let (clock, from, until) = try Self.window(parameters)
        let sample = try Self.sample(parameters)
        let order = PlanOrder(subject, clock: clock, from: from, until: until, sample: sample)
        // Not on the event loop, whose connections would wait while a large file is read.
        return try await answer { () async throws(PlanError) in
            try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(PlanError) in
                try await planning.plan(order, by: caller)
            }
        }
    }

    /// `GET /v1/plans/{id}`: 202 while the plan is being made, and 200 with its result.
    func show(_ call: EndpointCall) async throws -> EndpointResponse {
        try await answer { () async throws(PlanError) in try await planning.plan(call.parameter, for: call.client) }
    }

    /// Runs a step, and makes a problem of its error.
    private func answer(_ plan: () async throws(PlanError) -> PlanAnswer) async throws -> EndpointResponse {
        do {
            let answer = try await plan()
            return .json(answer.json, status: answer.isFinished ? .ok : .accepted)
        } catch {
            throw Problem(error)
        }
    }

    /// The window by one of the two clocks.
    private static func window(_ parameters: ListParameters) throws(Problem) -> (
        RecordedWindow.Clock, Timestamp?, Timestamp?
    ) {
        let occurred = try parameters.window("from", "until")
        let accepted = try parameters.window("accepted_from", "accepted_until")
        let (hasOccurred, hasAccepted) = (
            occurred.from != nil || occurred.until != nil, accepted.from != nil || accepted.until != nil
        )
        guard !hasOccurred || !hasAccepted else {
            throw .badParameter(
                "from",
                "and \"until\" are about the event's time, \"accepted_from\" and \"accepted_until\" about its acceptance; "
                    + "use one pair"
            )
        }
        let (clock, window): (RecordedWindow.Clock, (from: Timestamp?, until: Timestamp?)) =
            hasAccepted ? (.accepted, accepted) : (.occurred, occurred)
        if let from = window.from, let until = window.until, from == until {
            throw .badParameter(
                hasAccepted ? "accepted_until" : "until",
                "is when the window starts, so it has no events; the window ends just before this time"
            )
        }
        return (clock, window.from, window.until)
    }

    /// Percentage of the events.
    private static func sample(_ parameters: ListParameters) throws(Problem) -> Double {
        guard let text = try parameters.single("sample") else { return 100 }
        let number = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let sample = Double(number), sample > 0, sample <= 100 else {
            throw .badParameter("sample", "must be a percentage above 0 and up to 100, such as 10%")
        }
        return sample
    }
}
