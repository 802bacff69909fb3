import Access
import DeliveryEngine
import Events
import Journal
import Routing
import VendorReads

/// Corrects events: finds where they were delivered and what is effective there, decides, and appends the correcting events.
struct CorrectionDesk: Sendable {
    private let journal: any IngressJournal
    private let routes: CurrentRoutes
    private let questions: VendorQuestions
    private let clock: any WallClock
    private let audit: AuditLog
    private let turns: CorrectionTurns
    private let made: CorrectionsMade

    init(_ services: EndpointServices) {
        journal = services.given.journal
        routes = services.given.routes
        questions = services.given.vendors.questions
        clock = services.given.clock
        audit = services.given.operations.audit
        turns = services.given.operations.corrections
        made = CorrectionsMade(services.given.journal)
    }

    /// The outcome of a correction.
    struct Outcome: Sendable {
        let plan: CorrectionPlan
        /// How many events were appended; 0 in a dry run.
        let recorded: Int
    }

    /// Corrects an event, or only says what it would do.
    func correct(_ id: EventID, _ body: CorrectionBody, by caller: Caller) async throws -> Outcome {
        let tenant = caller.client.tenant
        return try await turns.take(id, of: tenant) {
            let archived = try await find(id, body.subscriptionID, of: tenant)
            try Self.check(archived.event, isFor: caller.client)
            let order = self.order(body, named: archived.event.name)
            if body.isDryRun {
                return Outcome(plan: try await plan(for: archived, body, order, by: caller), recorded: 0)
            }
            let attempts = CorrectionAttempts(of: archived.event, in: journal, after: made)
            let (plan, recorded) = try await attempts.carryOut {
                try await self.plan(for: archived, body, order, by: caller)
            }
            if recorded > 0 { await record(plan, order, body, by: caller) }
            return Outcome(plan: plan, recorded: recorded)
        }
    }

    /// A correction is an event of the same name and route, so only a client that is allowed to send those can correct them.
    private static func check(_ event: AcceptedEvent, isFor client: Client) throws(Problem) {
        guard client.allowance.allows(name: event.name), client.allowance.allows(route: event.plan.route) else {
            throw .mayNotCorrect(event)
        }
    }

    /// The only event with the ID, or the one with this subscription if several scopes share the ID.
    /// - Throws: ``Problem`` if there is none, or if it is ambiguous.
    private func find(_ id: EventID, _ subscription: String?, of tenant: TenantID) async throws -> ArchivedEvent {
        let found = try await events(id, of: tenant)
        guard !found.isEmpty else { throw Problem.unknownEvent(id.rawValue) }
        let wanted = found.filter { archived in
            subscription.map { archived.event.subscriptionID?.utf8.elementsEqual($0.utf8) ?? false } ?? true
        }
        guard wanted.count == 1 else { throw Problem.severalEvents(id, found.map(\.event.subscriptionID)) }
        if let correction = wanted[0].event.corrects { throw Problem.correctsACorrection(correction) }
        return wanted[0]
    }

    private func events(_ id: EventID, of tenant: TenantID) async throws -> [ArchivedEvent] {
        do { return try await journal.events(withID: id, of: tenant) } catch { throw Problem(error) }
    }

    private func plan(
        for archived: ArchivedEvent,
        _ body: CorrectionBody,
        _ order: CorrectionOrder,
        by caller: Caller
    ) async throws -> CorrectionPlan {
        let earlier = try await made.corrections(of: archived.event)
        var parts: [CorrectionPlan.Part] = []
        for delivery in archived.deliveries {
            parts.append(
                try await part(delivery, of: archived.event, order, after: earlier.map(\.archived), by: caller)
            )
        }
        for part in parts {
            if case .needs(let missing) = part.result { throw Problem.missing(missing, for: archived.event.name) }
        }
        let number = (earlier.map(\.id.number).max() ?? 0) + 1
        let plan = CorrectionPlan(
            of: archived.event,
            body.change.kind,
            parts,
            number: number,
            property: order.property,
            by: caller.client.name,
            at: clock.now
        )
        // An event with too many adjustments can still be voided.
        let limit = body.change.kind == .void ? CorrectionsMade.mostWithVoids : CorrectionsMade.most
        guard plan.corrections.isEmpty || number <= limit else {
            throw Problem.tooManyCorrections(of: archived.event.id, body.change.kind, limit: limit)
        }
        return plan
    }

    /// What the request leaves open is taken from the metrics of migrations.
    private func order(_ body: CorrectionBody, named name: String) -> CorrectionOrder {
        let known = routes.current.routes.metricOfMigrations(for: name)
        guard body.aggregate == nil, let known else {
            return CorrectionOrder(body.change, aggregate: body.aggregate, property: body.property)
        }
        return CorrectionOrder(body.change, aggregate: known.aggregate, property: body.property ?? known.property)
    }

    /// Decides for one destination.
    private func part(
        _ delivery: Delivery,
        of event: AcceptedEvent,
        _ order: CorrectionOrder,
        after earlier: [ArchivedEvent],
        by caller: Caller
    ) async throws -> CorrectionPlan.Part {
        func part(_ destination: Destination?, _ result: CorrectionResult, note: String? = nil) -> CorrectionPlan.Part {
            CorrectionPlan.Part(delivery: delivery, destination: destination, note: note, result: result)
        }
        let destination = try await destination(of: delivery, of: event)
        if let reason = delivery.status.whyNotCorrectable { return part(destination, .impossible(reason)) }
        guard let destination else {
            return part(nil, .impossible("the backfill that sent the event there is not known any more"))
        }
        let provider = routes.current.routes.providers.first { $0.name == delivery.provider }
        guard let provider, provider.traits.adapter == delivery.adapter else {
            return part(destination, .impossible("routes.json does not have this provider any more"))
        }
        switch try await traits(provider, event, destination, by: caller) {
        case .failure(let reason): return part(destination, .impossible(reason.message))
        case .success(let traits):
            let state = CorrectionState(of: event.properties, after: Self.records(earlier, at: delivery.provider))
            let decision = CorrectionDecision(order, at: provider.traits.vendor, traits)
            return part(destination, decision.result(after: state), note: traits.note)
        }
    }

    /// Earlier corrections at a provider, with their outcomes there.
    private static func records(_ earlier: [ArchivedEvent], at provider: ProviderName) -> [CorrectionRecord] {
        earlier.compactMap { archived in
            guard let delivery = archived.deliveries.first(where: { $0.provider == provider }),
                let destination = archived.event.plan.destination(at: provider)
            else { return nil }
            return CorrectionRecord(archived.event, at: destination, status: delivery.status)
        }
    }

    /// How the event was sent: by its plan, by a retry with other settings, or by a backfill.
    private func destination(of delivery: Delivery, of event: AcceptedEvent) async throws -> Destination? {
        guard let number = delivery.lane else { return delivery.destination(in: event.plan) }
        if let amended = delivery.amendments.last { return amended.destination }
        do {
            return try await journal.lane(number).flatMap { BackfillMembership(of: $0)?.destination(for: event) }
        } catch {
            throw Problem(error)
        }
    }

    /// Why it is unknown how a vendor corrects an event.
    private struct Unknown: Error {
        let message: String
    }

    /// How the vendor corrects the event. The vendor is asked if that depends on where it keeps the event.
    private func traits(
        _ provider: ProviderConfiguration,
        _ event: AcceptedEvent,
        _ destination: Destination,
        by caller: Caller
    ) async throws -> Result<CorrectionTraits, Unknown> {
        let known = provider.traits.billing.corrections
        let vendor = provider.traits.vendor
        guard let first = known.first else {
            return .failure(Unknown(message: "the gateway does not know how \(vendor) corrects events"))
        }
        guard known.count > 1 else { return .success(first) }
        guard let reader = provider.adapter.reader else {
            return .failure(Unknown(message: "\(vendor) cannot be read, which would tell where it keeps the event"))
        }
        await audit.readsVendor(
            "event",
            caller,
            ["provider": provider.name.rawValue, "event_id": event.id.rawValue, "for": "correction"]
        )
        let wanted = WantedEvent(id: event.id, known: event, destination: destination)
        let end: VendorInquiry<[VendorEvent]>
        do throws(ReadError) {
            end = try await questions.ask(reader.find(wanted), at: provider)
        } catch {
            return .failure(Unknown(message: error.message))
        }
        switch end {
        case .done(let shown):
            let store = shown.lazy.compactMap { reader.store(of: $0) }.first
            if let store, let traits = known.first(where: { $0.store == store }) { return .success(traits) }
            let stores = known.compactMap(\.store).joined(separator: " or ")
            return .failure(
                Unknown(
                    message:
                        "\(vendor) does not show the event, so it is unknown whether it keeps events in \(stores); "
                        + "try again later"
                )
            )
        case .failed(let fault):
            return .failure(
                Unknown(
                    message: "\(vendor) could not be read, which would tell where it keeps the event: \(fault.message)"
                )
            )
        case .unsupported, .ask:
            return .failure(Unknown(message: "\(vendor) cannot be read, which would tell where it keeps the event"))
        }
    }

    private func record(_ plan: CorrectionPlan, _ order: CorrectionOrder, _ body: CorrectionBody, by caller: Caller)
        async
    {
        var details = [
            "event_id": plan.event.id.rawValue, "reason": body.reason,
            "corrections": plan.corrections.map(\.event.id.rawValue).joined(separator: ", "),
        ]
        details["aggregate"] = order.aggregate?.rawValue
        details["property"] = order.property
        for part in plan.parts { details["at \(part.delivery.provider)"] = part.result.name }
        await audit.write("events: \(body.change.kind.rawValue)", by: .client(caller), details)
    }
}
