import Events
import ParityRuns
import Routing
import Synchronization
import Testing

/// A vendor that answers each question as a test says.
struct ScriptedVendor: Adapter {
    let reader: (any VendorReader)?
    let traits: VendorTraits

    init(
        _ answers: ScriptedReader?,
        lists: ListTraits = ListTraits(pageSize: 10),
        batch: BatchLimit = BatchLimit(events: 7, bytes: 1 << 20)
    ) {
        reader = answers
        traits = VendorTraits(
            adapter: "scripted",
            vendor: "Scripted",
            api: VendorAPI(
                defaultBaseURL: "https://scripted.example",
                credential: .header(name: "Authorization", prefix: "")
            ),
            requests: RequestTraits(batch: batch, deduplication: .byIdentity(memory: nil)),
            reads: ReadTraits(lag: .seconds(5), lists: lists)
        )
    }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<DestinationSettings>)
        throws(Untranslatable) -> TranslatedEvent
    {
        TranslatedEvent(bytes: Array(event.id.rawValue.utf8), identity: event.id.rawValue)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(path: "/", body: events.flatMap(\.bytes))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        .all(.delivered(deduplicated: false))
    }

    /// The vendor's account `scripted`, as `routes.json` would have it.
    /// - Parameter settings: further members of the provider.
    func provider(_ settings: String = "") throws -> ProviderConfiguration {
        let text = #"""
            {"version": 1,
             "providers": {"scripted": {"adapter": "scripted", "credential": {"env": "S"}\#(settings)}},
             "routes": [{"name": "r", "to": [{"provider": "scripted"}]}], "clients": []}
            """#
        let routes = try RoutesReader(vendors: [self]).read(Array(text.utf8)).routes
        return try #require(routes.providers.first)
    }
}

/// The answers of a ``ScriptedVendor``. What a test does not set is not supported.
struct ScriptedReader: VendorReader {
    var abilities: Set<VendorAbility> = [.compare, .find]
    var obstacles: ObstacleTraits = .none
    var rules = ComparisonRules(identity: [])
    var onCount: @Sendable (ReadWindow) -> VendorInquiry<Int> = { _ in .unsupported(nil) }
    var onEvents: @Sendable (ReadWindow, String?) -> VendorInquiry<WindowPage> = { _, _ in .unsupported(nil) }
    var onFind: @Sendable (WantedEvent) -> VendorInquiry<[VendorEvent]> = { _ in .unsupported(nil) }
    var onObstacle: @Sendable (TranslatedEvent) -> VendorInquiry<BillingObstacle?> = { _ in .unsupported(nil) }
    var onNames: @Sendable () -> VendorInquiry<CountedNames> = { .unsupported(nil) }
    var onTimes: @Sendable (String) -> VendorInquiry<[ReadWindow]?> = { _ in .unsupported(nil) }
    var onCustomer: @Sendable (String) -> VendorInquiry<Bool> = { _ in .unsupported(nil) }

    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> { onCount(window) }

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        onEvents(window, cursor)
    }

    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> { onFind(wanted) }
    func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?> { onObstacle(event) }
    func countedNames() -> VendorInquiry<CountedNames> { onNames() }
    func billedTimes(of subscription: String) -> VendorInquiry<[ReadWindow]?> { onTimes(subscription) }
    func hasCustomer(_ id: String) -> VendorInquiry<Bool> { onCustomer(id) }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        VendorEvent(id: event.identity, name: "api", timestamp: Timestamp(milliseconds: 0))
    }

    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules { rules }
}

/// Brings each question to its answer at once. Without patience, its task is taken for cancelled.
struct ImmediateAsking: VendorAsking {
    var isPatient = true

    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    {
        guard isPatient else { return nil }
        var inquiry = inquiry
        while case .ask(_, let next) = inquiry { inquiry = next(VendorAnswer(status: 200, body: [])) }
        return inquiry
    }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    { await ask(inquiry, at: provider) }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        isPatient ? .all(.delivered(deduplicated: false)) : nil
    }
}

extension VendorInquiry {
    /// The same answer behind some requests.
    func behind(_ requests: Int) -> VendorInquiry {
        guard requests > 0 else { return self }
        return .ask(VendorRequest(method: "GET", path: "/", body: [])) { _ in self.behind(requests - 1) }
    }
}
