package import Events
package import Journal

/// Events, plans and outcomes for the checks.
enum Sample {
    static let accepted = Timestamp(milliseconds: 1_750_000_000_000)

    static func plan(_ providers: ProviderName..., mode: DeliveryMode = .primary) -> Plan {
        Plan(
            route: "default",
            destinations: providers.map { Destination(provider: $0, adapter: "lago", mode: mode) }
        )
    }

    static let lago = plan("lago")
    static let polar = plan("polar")
    static let both = plan("lago", "polar")

    static func event(
        _ id: String,
        tenant: TenantID = "shop",
        scope: String = "",
        name: String = "api_request",
        properties: String? = #"{"request_size": 100, "region": "eu"}"#,
        timestamp: Timestamp? = nil,
        acceptedAt: Timestamp = accepted,
        plan: Plan = lago
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: "customer-1",
                timestamp: timestamp,
                properties: properties.map { JSONText(checked: $0) }
            ),
            id: EventID(id),
            in: Submission(tenant: tenant, client: "web", acceptedAt: acceptedAt, plan: plan)
        )
    }

    static func events(_ range: ClosedRange<Int>, plan: Plan = lago, acceptedAt: Timestamp = accepted)
        -> [AcceptedEvent]
    {
        range.map { event("event-\($0)", acceptedAt: acceptedAt, plan: plan) }
    }

    static let delivered = Attempt(at: accepted, latency: .microseconds(12_345), httpStatus: 200, status: .delivered)

    static let unavailable = DeliveryFault(
        code: .vendorUnavailable,
        message: "the vendor answered 503",
        vendor: "try again later"
    )

    static let failed = Attempt(
        at: accepted,
        latency: .milliseconds(7),
        httpStatus: 503,
        status: .retrying,
        fault: unavailable
    )

    static let many = BlockLimit(events: 1000, bytes: 1 << 30)
}

extension EventArchive {
    /// All names that a filter takes.
    package func names(_ filter: EventFilter, of tenant: TenantID) async throws -> [EventNameSummary] {
        let page = try await names(filter, of: tenant, after: nil, limit: 1000)
        try expect(page.hasMore, false, "more names than a check has")
        return page.names
    }
}

extension EventStore {
    /// Appends events, each for itself, and returns their numbers; all of them must be new.
    @discardableResult
    func store(_ events: [AcceptedEvent]) async throws -> [SequenceNumber] {
        let results = try await append(AppendRequest(events: events, policy: .each))
        return try results.map { result in
            guard case .stored(let sequence) = result else {
                throw BrokenPromise(description: "a new event was answered \(result)")
            }
            return sequence
        }
    }

    /// Claims what there is, in blocks, until nothing comes.
    func claimAll(for provider: ProviderName, limit: BlockLimit = Sample.many) async throws -> [ClaimedDelivery] {
        var claimed: [ClaimedDelivery] = []
        while let block = try await claimBlock(for: provider, limit: limit) {
            try expect(block.provider, provider, "a block is for whom it was asked")
            claimed += block.deliveries
        }
        return claimed
    }

    /// Settles as delivered by one request.
    func settleDelivered(_ sequences: [SequenceNumber], at provider: ProviderName) async throws {
        let run = DeliveredRun(sequences: sequences, attempt: Sample.delivered)
        try await settle(Settlement(provider: provider, delivered: [run]))
    }

    /// Settles each of these with a row of its own.
    func settle(
        _ sequences: [SequenceNumber],
        at provider: ProviderName,
        as status: DeliveryStatus,
        nextAttemptAt: Timestamp? = nil,
        reachedAt: Timestamp? = nil,
        fault: DeliveryFault? = Sample.unavailable
    ) async throws {
        let exceptions = sequences.map { sequence in
            SettledDelivery(
                sequence: sequence,
                status: status,
                newAttempts: [
                    Attempt(
                        at: Sample.accepted,
                        latency: .milliseconds(7),
                        httpStatus: 503,
                        status: status,
                        fault: fault
                    )
                ],
                nextAttemptAt: nextAttemptAt,
                reachedAt: reachedAt,
                fault: fault
            )
        }
        try await settle(Settlement(provider: provider, exceptions: exceptions))
    }

    /// The statuses of an event's deliveries by provider.
    func statuses(of id: String, tenant: TenantID = "shop") async throws -> [ProviderName: DeliveryStatus] {
        let found = try await events(withID: EventID(id), of: tenant)
        let event = try require(found.first, "event \(id) is in the archive")
        return Dictionary(uniqueKeysWithValues: event.deliveries.map { ($0.provider, $0.status) })
    }
}

extension [ClaimedDelivery] {
    var ids: [String] { map(\.event.id.rawValue) }
    var sequences: [SequenceNumber] { map(\.sequence) }
}
