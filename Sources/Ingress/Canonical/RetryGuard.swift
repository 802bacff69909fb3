import Events
import HTTPTypes
import Journal
import Routing

/// Refuses retries that would put an event on the bills of two vendors: its customer has since moved to the provider, and the vendor
/// bills by time of receipt.
struct RetryGuard: Sendable {
    private let journal: any EventArchive
    private let routes: CurrentRoutes
    private let limits: Limits

    /// How much is examined for one order.
    struct Limits {
        /// Deliveries of events that both vendors may have.
        var checked = 100_000
        /// Maximum number of deliveries that are read.
        var read = 1_000_000
        /// Number of deliveries per read.
        var page = 1000
    }

    init(_ services: EndpointServices) {
        self.init(journal: services.given.journal, routes: services.given.routes)
    }

    init(journal: any IngressJournal, routes: CurrentRoutes, limits: Limits = Limits()) {
        self.journal = journal
        self.routes = routes
        self.limits = limits
    }

    /// - Throws: ``Problem`` if one of the retries would do that, or if there are too many to check.
    func check(_ filter: DeliveryFilter, at now: Timestamp) async throws {
        let snapshot = routes.current
        var wanted = filter
        wanted.statuses = DeliveryRevision.Action.retry.statuses(meantBy: filter)
        // An empty list would select all.
        guard !wanted.statuses.isEmpty else { return }
        for provider in snapshot.routes.providers
        where filter.providers.isEmpty || filter.providers.contains(provider.name) {
            let billing = DoubleBilling(at: provider, by: snapshot)
            if billing.isPossible { try await check(wanted, provider, billing, now) }
        }
    }

    /// Walks through the provider's deliveries that match, up to the limits.
    private func check(
        _ filter: DeliveryFilter,
        _ provider: ProviderConfiguration,
        _ billing: DoubleBilling,
        _ now: Timestamp
    ) async throws {
        var wanted = filter
        wanted.providers = [provider.name]
        var (after, checked, read): (DeliveryCursor?, Int, Int) = (nil, 0, 0)
        while true {
            let page: DeliveryPage
            do throws(StoreError) {
                page = try await journal.deliveries(matching: wanted, after: after, limit: limits.page)
            } catch {
                throw Problem(error)
            }
            for delivery in page.deliveries where billing.mayConcern(delivery.event) {
                checked += 1
                guard billing.concerns(delivery.event, sentAt: now) else { continue }
                throw Problem.billedTwice(delivery.event.id, at: provider)
            }
            read += page.deliveries.count
            after = page.next
            guard after != nil else { return }
            if checked >= limits.checked { throw Problem.tooManyToCheck(limits.checked, at: provider.name) }
            if read >= limits.read { throw Problem.tooManyToCheck(limits.read, at: provider.name) }
        }
    }
}

extension Problem {
    /// 409: the retry would bill an event twice.
    fileprivate static func billedTwice(_ event: EventID, at provider: ProviderConfiguration) -> Problem {
        Problem(
            status: .conflict,
            kind: "billed-twice",
            title: "The events would be billed twice",
            detail: """
                the event "\(event)" is not sent to \(provider.name): \(DoubleBilling.reason(provider.traits.vendor)); discard \
                such deliveries, or leave them out, as with "accepted_from"
                """
        )
    }

    /// 409: the filter must be narrower.
    fileprivate static func tooManyToCheck(_ limit: Int, at provider: ProviderName) -> Problem {
        Problem(
            status: .conflict,
            kind: "too-many-deliveries",
            title: "Too many deliveries to check",
            detail: """
                customers have moved to or from \(provider), and of more than \(limit) deliveries nobody checks whether both \
                vendors would bill them; narrow the filter, as with "accepted_from" and "accepted_until"
                """
        )
    }
}
