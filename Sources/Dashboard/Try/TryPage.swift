package import Events
import JSON
package import Reports

/// A form for one event: what would happen to it, and then the event itself.
package struct TryPage: PageContent {
    package static let template = "Try"
    package let title = "Try an event"
    let text: String
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
    /// Whether there is neither a preview nor a fault yet.
    let isEmpty: Bool

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
        let goesNowhere: Bool
        let destinations: [Destination]
    }

    /// What one provider would get.
    struct Destination: Sendable {
        let provider: String
        let mode: String
        let isShadow: Bool
        let notBefore: TimeText?
        let request: Request?
        let fault: Fault?
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

    /// - Parameters:
    ///   - text: the event as JSON; nil: an example.
    ///   - clients: that the visitor may act as; empty if there is no choice.
    ///   - seesAccount: whether a destination's address and headers may be shown to the visitor.
    package init(
        text: String?,
        clients: [Choice],
        names: [String],
        maySend: Bool,
        faults: [EventFault] = [],
        preview: EventPreview? = nil,
        seesAccount: (ProviderName) -> Bool = { _ in true }
    ) {
        self.text = text ?? Self.example
        self.clients = clients
        hasClients = clients.count > 1
        self.names = names
        hasNames = !names.isEmpty
        self.maySend = maySend
        self.faults = faults.map { Fault(field: $0.field, message: $0.message) }
        hasFaults = !faults.isEmpty
        isEmpty = faults.isEmpty && preview == nil
        self.preview = preview.map { preview in
            Preview(
                id: preview.event.id.rawValue,
                timestamp: TimeText(preview.event.timestamp, showsMilliseconds: true),
                route: preview.event.plan.route?.rawValue ?? "none",
                goesNowhere: preview.destinations.isEmpty,
                destinations: preview.destinations.map { destination in
                    Self.destination(destination, seesAccount(destination.destination.provider))
                }
            )
        }
    }

    private static func destination(_ preview: DestinationPreview, _ seesAccount: Bool) -> Destination {
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
            fault: fault
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
