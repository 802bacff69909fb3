import Access
import Dashboard
import Events
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Journal
import Routing

/// `/dashboard/events/{id}`: one event, what was sent to each vendor, and, if it is asked for, what a vendor shows.
struct EventPageHandler: Sendable {
    private let archive: any EventArchive
    private let routes: CurrentRoutes
    private let vendors: VendorReadHandler
    private let comparisons: EventComparisonsReader
    private let corrections: CorrectionsMade
    private let hidesProperties: Bool

    init(_ services: EndpointServices) {
        archive = services.given.journal
        routes = services.given.routes
        vendors = VendorReadHandler(services)
        comparisons = EventComparisonsReader(services)
        corrections = CorrectionsMade(services.given.journal)
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    func respond(to call: PageCall) async throws -> PageAnswer {
        let events: [ArchivedEvent]
        do {
            events = try await archive.events(withID: EventID(call.parameter), of: call.client.tenant)
        } catch {
            throw Problem(error)
        }
        let number = call.fields["n"].map { Int($0) ?? -1 } ?? 0
        guard events.indices.contains(number) else { throw Problem.unknownEvent(call.parameter) }
        let event = events[number]
        let asked = call.fields["vendor"].map { ProviderName($0) }
        var deliveries: [EventDetailPage.DeliveryFacts] = []
        for delivery in event.deliveries {
            let isAsked = delivery.provider == asked
            deliveries.append(
                facts(delivery, of: event.event, shown: isAsked ? await shown(event, at: delivery.provider, call) : nil)
            )
        }
        let options = EventDetailPage.Options(
            hidesProperties: hidesProperties,
            mayRevise: call.client.may(.manageDeliveries),
            address: Self.address(call),
            showsFailedOnly: call.fields["show"] == "failed"
        )
        let found = call.fields["comparisons"] == nil ? nil : try await comparisons.comparisons(of: event, for: call)
        return .page(
            EventDetailPage(
                event,
                deliveries,
                number: number,
                of: events.count,
                corrections: try await corrections(of: event.event, isAlone: events.count == 1, call),
                comparisons: found,
                options
            )
        )
    }

    /// - Parameter isAlone: whether no other event has the ID.
    private func corrections(of event: AcceptedEvent, isAlone: Bool, _ call: PageCall) async throws -> EventCorrections
    {
        EventCorrections(
            of: event,
            made: event.corrects == nil ? try await corrections.corrections(of: event).map(\.archived) : [],
            mayCorrect: call.client.may(.writeEvents),
            subscription: isAlone ? nil : event.subscriptionID,
            hidesProperties: hidesProperties
        )
    }

    private func facts(
        _ delivery: Delivery,
        of event: AcceptedEvent,
        shown: EventDetailPage.DeliveryFacts.VendorState?
    ) -> EventDetailPage.DeliveryFacts {
        let provider = routes.current.routes.providers.first {
            $0.name == delivery.provider && $0.traits.adapter == delivery.adapter
        }
        return EventDetailPage.DeliveryFacts(
            delivery,
            request: provider.map { request(delivery, of: event, to: $0) } ?? .unknown,
            droppedFields: provider.map { EventWriter.droppedFields(of: event, by: $0.traits) } ?? [],
            shown: shown
        )
    }

    /// The request that carries the event alone, as its settings say it.
    private func request(_ delivery: Delivery, of event: AcceptedEvent, to provider: ProviderConfiguration)
        -> EventDetailPage.DeliveryFacts.Request
    {
        guard let destination = delivery.destination(in: event.plan) else { return .unknown }
        do {
            let translated = try provider.adapter.translate(event, for: destination)
            return .sent(provider.adapter.request(carrying: [translated]), baseURL: provider.connection.baseURL)
        } catch {
            return .untranslatable(error)
        }
    }

    private func shown(_ event: ArchivedEvent, at provider: ProviderName, _ call: PageCall) async
        -> EventDetailPage.DeliveryFacts.VendorState
    {
        do {
            let found = try await vendors.find(event.event.id.rawValue, at: provider, for: call.caller)
            return found.events.first.map { .event($0) } ?? .none("The vendor shows no such event.")
        } catch let problem as Problem {
            let said = problem.vendorError?.vendor.map { " The vendor said: \($0)" } ?? ""
            return .none("\(problem.title): \(problem.detail).\(said)")
        } catch {
            return .none("The vendor could not be read.")
        }
    }

    /// Where the gateway is for the browser, for a command that somebody copies.
    private static func address(_ call: PageCall) -> String {
        let head = call.call.request.head
        return "\(call.isSecure ? "https" : "http")://\(head.authority ?? "127.0.0.1:8080")"
    }
}
