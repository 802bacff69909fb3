import Events

/// The submissions of frames that are read one after another: neighbours mostly share theirs, so that what the numbers stand for is
/// looked up once.
struct FrameSubmissions<Names: ChunkNames> {
    private let names: Names
    private var latest: (origin: UInt64, plan: UInt64, submission: Submission)?

    init(_ names: Names) {
        self.names = names
    }

    /// The submission of the next frame, by its numbers.
    mutating func submission(origin: UInt64, plan: UInt64, at time: Timestamp) throws(ChunkFault) -> Submission {
        let next: Submission
        if let latest, latest.origin == origin, latest.plan == plan {
            let last = latest.submission
            if last.acceptedAt == time { return last }
            next = Submission(tenant: last.tenant, client: last.client, acceptedAt: time, plan: last.plan)
        } else {
            let sender = try names.origin(origin)
            next = Submission(
                tenant: sender.tenant,
                client: sender.client,
                acceptedAt: time,
                plan: try names.plan(plan)
            )
        }
        latest = (origin, plan, next)
        return next
    }
}
