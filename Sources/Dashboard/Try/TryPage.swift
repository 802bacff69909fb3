package import Events
import JSON
package import Reports

/// A form for one event: what would happen to it, and then the event itself.
package struct TryPage: PageContent {
    package static let template = "Try"
    package let title = "Try an event"
    /// The event as JSON.
    let text: String
    /// The event's fields; nil if it is edited as JSON.
    let form: TryForm?
    /// Fields or JSON.
    let tabs: [Tab]
    let clients: [Choice]
    let hasClients: Bool
    let maySend: Bool
    /// Names of recent events, to choose from.
    let names: [String]
    let hasNames: Bool
    /// Why the event cannot be accepted.
    let faults: [Fault]
    let hasFaults: Bool
    let preview: Preview?
    /// Whether the visitor may ask vendors what the event would cost.
    let mayEstimate: Bool
    let simulators: [Simulator]
    let hasSimulators: Bool
    /// Whether there is neither a preview nor a fault yet.
    let isEmpty: Bool

    /// A way to fill in the event.
    struct Tab: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    /// One thing that is wrong.
    struct Fault: Sendable {
        let field: String?
        let message: String
    }

    /// What would happen.
    struct Preview: Sendable {
        let id: String
        let timestamp: TimeText
        let route: String
        /// The provider whose bill the event is on, and the migration that decides it.
        let record: Record?
        let goesNowhere: Bool
        let destinations: [Destination]
    }

    /// Whose bill the event is on.
    struct Record: Sendable {
        let provider: String
        let migration: String
    }

    /// What one provider would get.
    struct Destination: Sendable {
        let provider: String
        let mode: String
        let isShadow: Bool
        let notBefore: TimeText?
        let request: Request?
        let fault: Fault?
        let estimate: EstimateView?
    }

    /// The request, without its secret.
    struct Request: Sendable {
        let line: String
        let headers: [String]
        let body: String
    }

    /// An event to begin with.
    static let example = """
        {
          "name": "api_request",
          "customer_id": "customer456",
          "properties": {"request_size": 100, "region": "eu"}
        }
        """

    /// The event that the visitor writes.
    package struct Draft {
        let text: String?
        let form: TryForm?
        let template: String?

        /// - Parameters:
        ///   - text: the event as JSON; nil: an example.
        ///   - form: its fields; nil if it is edited as JSON.
        ///   - template: the event of the journal that it begins with; nil if there is none.
        package init(text: String?, form: TryForm? = nil, template: String? = nil) {
            self.text = text
            self.form = form
            self.template = template
        }
    }

    /// What would happen to the event.
    package struct Outlook {
        let faults: [EventFault]
        let preview: EventPreview?
        let estimates: [ProviderName: Result<Estimate, EstimateRefusal>]
        let seesAccount: (ProviderName) -> Bool

        /// - Parameters:
        ///   - faults: why it cannot be accepted.
        ///   - estimates: by provider; empty if no vendor was asked.
        ///   - seesAccount: whether a destination's address and headers may be shown to the visitor.
        package init(
            faults: [EventFault] = [],
            preview: EventPreview? = nil,
            estimates: [ProviderName: Result<Estimate, EstimateRefusal>] = [:],
            seesAccount: @escaping (ProviderName) -> Bool = { _ in true }
        ) {
            self.faults = faults
            self.preview = preview
            self.estimates = estimates
            self.seesAccount = seesAccount
        }
    }

    /// - Parameters:
    ///   - clients: that the visitor may act as; empty if there is no choice.
    ///   - mayEstimate: whether a vendor in the visitor's reach has estimates.
    ///   - simulators: empty unless simulated vendors run in this process, and the visitor may change them.
    package init(
        _ draft: Draft,
        clients: [Choice],
        names: [String],
        maySend: Bool,
        outlook: Outlook = Outlook(),
        mayEstimate: Bool = false,
        simulators: [Simulator] = []
    ) {
        let (faults, preview) = (outlook.faults, outlook.preview)
        text = draft.text ?? Self.example
        form = draft.form
        tabs = [("Fields", nil), ("JSON", "json")].map { label, way in
            Tab(
                label: label,
                href: PageLink.address(Screen.try.path, [("event", draft.template), ("as", way)]),
                isCurrent: (draft.form == nil) == (way != nil)
            )
        }
        self.clients = clients
        hasClients = clients.count > 1
        self.names = names
        hasNames = !names.isEmpty
        self.maySend = maySend
        self.faults = faults.map { Fault(field: $0.field, message: $0.message) }
        hasFaults = !faults.isEmpty
        self.mayEstimate = mayEstimate
        self.simulators = simulators
        hasSimulators = !simulators.isEmpty
        isEmpty = faults.isEmpty && preview == nil
        self.preview = preview.map { preview in
            Preview(
                id: preview.event.id.rawValue,
                timestamp: TimeText(preview.event.timestamp, showsMilliseconds: true),
                route: preview.event.plan.route?.rawValue ?? "none",
                record: preview.record.map {
                    Record(provider: $0.provider.rawValue, migration: $0.migration.rawValue)
                },
                goesNowhere: preview.destinations.isEmpty,
                destinations: preview.destinations.map { destination in
                    let provider = destination.destination.provider
                    return Self.destination(
                        destination,
                        outlook.seesAccount(provider),
                        outlook.estimates[provider]
                    )
                }
            )
        }
    }

    private static func destination(
        _ preview: DestinationPreview,
        _ seesAccount: Bool,
        _ estimate: Result<Estimate, EstimateRefusal>?
    ) -> Destination {
        var (request, fault): (Request?, Fault?)
        switch preview.result {
        case .request(let whole): request = Request(seesAccount ? whole : whole.withoutAccount)
        case .untranslatable(let reason): fault = Fault(field: reason.field, message: reason.message)
        case .notConfigured: fault = Fault(field: nil, message: "the provider is no longer in routes.json")
        }
        return Destination(
            provider: preview.destination.provider.rawValue,
            mode: preview.destination.mode.rawValue,
            isShadow: preview.destination.mode == .shadow,
            notBefore: preview.notBefore.map { TimeText($0) },
            request: request,
            fault: fault,
            estimate: estimate.map { EstimateView($0) }
        )
    }
}

extension TryPage.Request {
    init(_ request: PreviewedRequest) {
        line = "\(request.method) \(request.url)"
        headers = request.headers.map { "\($0.name): \($0.value)" }
        body = String(decoding: request.body, as: UTF8.self)
    }
}
