import Acceptance
import Access
import DeliveryEngine
import Events
import JSON
import Journal
import Parity
import Routing
import VendorReads

/// `?provider=NAME` on reads, and `POST /v1/events/estimate`: asks the vendor, and responds in canonical form.
struct VendorReadHandler: Sendable {
    private let routes: CurrentRoutes
    private let questions: VendorQuestions
    private let archive: any EventArchive
    private let acceptor: Acceptor
    private let audit: AuditLog

    init(_ services: EndpointServices) {
        routes = services.given.routes
        questions = services.given.vendors.questions
        archive = services.given.journal
        acceptor = services.given.acceptor
        audit = services.given.operations.audit
    }

    /// An event as the vendor has it.
    func event(_ id: String, at name: ProviderName, for caller: Caller) async throws -> [UInt8] {
        let (found, provider) = try await find(id, at: name, for: caller)
        let first = found[0]
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        Self.writeMembers(of: first, provider, to: &writer)
        if found.count > 1 {
            writer.key("same_id")
            writer.beginArray()
            for event in found.dropFirst() { Self.write(event, provider, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// The events with an id as the vendor has them, at least one.
    /// - Throws: ``Problem`` if the vendor has none.
    func find(_ id: String, at name: ProviderName, for caller: Caller) async throws
        -> (events: [VendorEvent], provider: ProviderConfiguration)
    {
        let client = caller.client
        let provider = try provider(name, for: client)
        await note("event", provider, caller, ["event_id": id])
        let known: [ArchivedEvent]
        do {
            known = try await archive.events(withID: EventID(id), of: client.tenant)
        } catch {
            throw Problem(error)
        }
        let events = known.map(\.event)
        let sent = events.first { $0.plan.destinations.contains { $0.provider == name } }
        let wanted = WantedEvent(
            id: EventID(id),
            known: sent ?? events.first,
            destination: sent?.plan.destinations.first { $0.provider == name }
        )
        let found = try await answer(provider, .find) { $0.find(wanted) }
        guard !found.isEmpty else {
            throw Problem.unknownEvent(
                id,
                at: name,
                because: provider.adapter.reader?.reasonNotFound(wanted)
            )
        }
        return (found, provider)
    }

    /// A page of the vendor's events.
    func events(_ query: ListQuery, at name: ProviderName, for caller: Caller) async throws -> [UInt8] {
        let provider = try provider(name, for: caller.client)
        let question = try query.vendorQuery
        await note("events", provider, caller)
        let page = try await answer(provider, .list) { $0.list(question) }
        var writer = JSONWriter(capacity: 512 * (page.events.count + 1))
        writer.beginObject()
        writer.key("events")
        writer.beginArray()
        for event in page.events { Self.write(event, provider, to: &writer) }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: page.next)
        writer.member("provider", string: provider.name.rawValue)
        writer.member("filtered_by_gateway", strings: page.filteredByGateway)
        writer.member("notes", strings: page.notes)
        writer.endObject()
        return writer.bytes
    }

    /// The names at the vendor.
    func names(_ query: ListQuery, at name: ProviderName, for caller: Caller) async throws -> [UInt8] {
        let provider = try provider(name, for: caller.client)
        let filter = try query.vendorQuery.filter
        await note("names", provider, caller)
        let names = try await answer(provider, .names) { $0.names(filter) }
        return EventListHandler.json(names, provider: provider.name)
    }

    /// What an event would cost. Without a provider's name, the first of the event's destinations that supports estimates is asked.
    func estimate(_ call: EndpointCall) async throws -> EndpointResponse {
        let client = call.client
        let name = try call.listQuery([]).provider
        let batch = try await call.parseBody { EventReader().read($0, as: .json) }
        guard batch.faults.isEmpty else {
            throw Problem.estimate(batch.faults, omitted: batch.omittedFaults, count: batch.count)
        }
        guard batch.events.count == 1, let event = batch.events.first?.event else {
            throw Problem.badBody("an estimate is of one event, and there are \(batch.events.count)")
        }
        let accepted: AcceptedEvent
        do throws(EventFault) {
            accepted = try acceptor.preview(event, from: client)
        } catch {
            throw Problem.estimate([error], omitted: 0, count: 1)
        }
        let provider = try estimating(accepted, name, client)
        return .json(Self.json(try await estimate(of: accepted, at: provider, by: call.caller), provider))
    }

    /// What an event would cost at a provider.
    /// - Throws: ``Problem`` if the vendor does not say.
    func estimate(
        of accepted: AcceptedEvent,
        at provider: ProviderConfiguration,
        by caller: Caller
    ) async throws(Problem) -> Estimate {
        let destination =
            accepted.plan.destinations.first { $0.provider == provider.name }
            ?? Destination(provider: provider.name, adapter: provider.traits.adapter, mode: .primary)
        let translated: TranslatedEvent
        do {
            translated = try provider.adapter.translate(accepted, for: destination)
        } catch {
            throw Problem.vendor(DeliveryFault(code: .untranslatable, message: "\(error.field): \(error.message)"))
        }
        await note("estimate", provider, caller)
        return try await answer(provider, .estimate) { $0.estimate(translated) }
    }

    /// The destination whose vendor is asked for an estimate.
    private func estimating(_ event: AcceptedEvent, _ name: ProviderName?, _ client: Client) throws(Problem)
        -> ProviderConfiguration
    {
        if let name { return try provider(name, for: client) }
        let routes = routes.current.routes
        let configured = routes.providers(for: client.name)
        let planned = event.plan.destinations.compactMap { to in configured.first { $0.name == to.provider } }
        let able = (planned + configured).filter { $0.adapter.reader?.abilities.contains(.estimate) ?? false }
        if let own = able.first(where: { routes.mayRead($0.name, client) }) { return own }
        if let shared = able.first { throw .sharedProvider(shared.name) }
        let vendors = questions.vendors(able: .estimate).joined(separator: ", ")
        throw .unsupported("no provider in this client's routes can estimate; providers of \(vendors) can")
    }

    /// The metrics that the vendor of a provider can bill by.
    func catalogue(at name: ProviderName, for caller: Caller) async throws(Problem) -> MetricCatalogue {
        let provider = try provider(name, for: caller.client)
        await note("metrics", provider, caller)
        let metrics = try await answer(provider, .usage) { $0.catalogue() }
        var names: [String: String] = [:]
        for routed in routes.current.routes.routes.flatMap(\.destinations) where routed.destination.provider == name {
            for (original, renamed) in routed.destination.rename { names[renamed.rawValue] = original.rawValue }
        }
        return MetricCatalogue(provider: name, metrics: metrics, originalNames: names)
    }

    /// A page of the subscriptions that are active at the vendor of a provider.
    func subscriptions(at name: ProviderName, after cursor: String?, for caller: Caller) async throws(Problem)
        -> VendorSubscriptionPage
    {
        let provider = try provider(name, for: caller.client)
        await note("subscriptions", provider, caller)
        return try await answer(provider, .subscriptions) { $0.subscriptions(after: cursor) }
    }

    /// Records in the audit log that a client reads from a vendor.
    private func note(
        _ what: String,
        _ provider: ProviderConfiguration,
        _ caller: Caller,
        _ details: [String: String] = [:]
    ) async {
        await audit.readsVendor(what, caller, details.merging(["provider": provider.name.rawValue]) { $1 })
    }

    /// A provider whose account the client may read.
    /// - Throws: ``Problem`` if it is unknown, or shared with other tenants.
    private func provider(_ name: ProviderName, for client: Client) throws(Problem) -> ProviderConfiguration {
        let routes = routes.current.routes
        let reachable = client.may(.admin) ? routes.providers : routes.providers(for: client.name)
        // A tenant need not know that it has a separate account.
        let own = reachable.first { $0.owner?.provider == name && $0.owner?.tenant == client.tenant }
        guard let provider = own ?? reachable.first(where: { $0.name == name }) else {
            throw .unknownProvider(name, known: reachable.map(\.name.rawValue))
        }
        guard routes.mayRead(provider.name, client) else { throw .sharedProvider(name) }
        return provider
    }

    /// Asks the vendor, within the client's limit of reads, and maps failures to problems.
    private func answer<Value>(
        _ provider: ProviderConfiguration,
        _ ability: VendorAbility,
        _ inquiry: (any VendorReader) -> VendorInquiry<Value>
    ) async throws(Problem) -> Value {
        let start = provider.adapter.reader.map(inquiry) ?? .unsupported(nil)
        let end: VendorInquiry<Value>
        do throws(ReadError) {
            end = try await questions.ask(start, at: provider)
        } catch {
            throw Problem(error)
        }
        switch end {
        case .done(let value): return value
        case .failed(let fault): throw .vendor(fault)
        case .unsupported(let reason):
            if let reason { throw .unsupported(reason) }
            let able = questions.vendors(able: ability)
            let others = able.isEmpty ? "no vendor can" : "providers of \(able.joined(separator: ", ")) can"
            throw .unsupported("\(provider.traits.vendor) cannot \(ability.phrase); \(others)")
        case .ask: preconditionFailure("a question ends with its answer")
        }
    }
}

/// The responses.
extension VendorReadHandler {
    private static func write(_ event: VendorEvent, _ provider: ProviderConfiguration, to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(of: event, provider, to: &writer)
        writer.endObject()
    }

    private static func writeMembers(
        of event: VendorEvent,
        _ provider: ProviderConfiguration,
        to writer: inout JSONWriter
    ) {
        writer.member("id", stringOrNull: event.id)
        writer.member("name", string: event.name)
        if let customer = event.customerID { writer.member("customer_id", string: customer) }
        if let subscription = event.subscriptionID { writer.member("subscription_id", string: subscription) }
        writer.member("timestamp", string: event.timestamp.rfc3339)
        if let source = event.source { writer.member("source", string: source) }
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        if let own = event.own {
            writer.key("vendor")
            writer.beginObject()
            writer.member(provider.traits.adapter.rawValue, raw: own.bytes)
            writer.endObject()
        }
        writer.member("provider", string: provider.name.rawValue)
        writer.member("notes", strings: event.notes)
    }

    private static func json(_ estimate: Estimate, _ provider: ProviderConfiguration) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("provider", string: provider.name.rawValue)
        writer.member("adapter", string: provider.traits.adapter.rawValue)
        writer.member("total", stringOrNull: estimate.total?.amount.text)
        writer.member("currency", stringOrNull: estimate.total?.currency)
        writer.key("charges")
        writer.beginArray()
        for charge in estimate.charges {
            writer.beginObject()
            writer.member("name", stringOrNull: charge.name)
            writer.member("units", stringOrNull: charge.units)
            writer.member("unit_amount", stringOrNull: charge.unitAmount)
            writer.member("amount", string: charge.amount.text)
            writer.member("taxes", string: charge.taxes.text)
            writer.member("total", string: charge.total.text)
            writer.member("currency", string: charge.currency)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension VendorAbility {
    fileprivate var phrase: String {
        switch self {
        case .find: "show an event"
        case .list: "list events"
        case .names: "list the names of events"
        case .estimate: "estimate what an event costs"
        case .compare: "list all events of a time"
        case .usage: "show usage and what it bills by"
        case .subscriptions: "list subscriptions"
        }
    }
}
