import Access
import Dashboard
import Events
import HTTPTypes
import JSON
import Journal
import Reports
import Routing

/// `/dashboard/try`: what would happen to an event, and sending it.
struct TryPageHandler: Sendable {
    private let services: EndpointServices
    private let hidesProperties: Bool
    private let reader = EventReader(limit: 1)

    /// How many names of events are suggested.
    private static let mostNames = 20

    init(_ services: EndpointServices) {
        self.services = services
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    /// The form: with an example, or with an event of the journal as its template. What the fields have no place for is edited as JSON.
    func page(_ call: PageCall) async throws -> PageAnswer {
        var text: String?
        if let id = call.fields["event"] { text = try await template(id, for: call.client) }
        let entry = call.fields["as"] == "json" ? Entry(text: text) : Entry(fieldsOf: text)
        return .page(await page(call, entry, actingAs: call.client))
    }

    /// Previews an event, or sends it and shows it.
    func act(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        let client = try client(form["client"], for: call.client)
        let entry = Entry(form)
        func refused(_ faults: [EventFault]) async -> PageAnswer {
            .page(await page(call, entry, actingAs: client, faults: faults), status: .unprocessableContent)
        }
        let text: String
        switch entry.event {
        case .success(let event): text = event
        case .failure(let fault): return await refused([fault])
        }
        let batch = reader.read(Array(text.utf8), as: .json)
        guard let event = batch.events.first?.event, batch.faults.isEmpty else {
            return await refused(batch.exceedsLimit || batch.faults.isEmpty ? [Self.oneEvent] : batch.faults)
        }
        let preview: EventPreview
        do {
            preview = try EventPreviewer(services.given.acceptor, services.given.routes).preview(event, from: client)
        } catch {
            return await refused([error])
        }
        switch form["act"] {
        case "send"?: return try await send(text, from: client)
        case "estimate"?:
            let estimates = await EventEstimates(services).ask(about: preview, by: call.caller)
            return .page(await page(call, entry, actingAs: client, preview: preview, estimates))
        case nil, .some: return .page(await page(call, entry, actingAs: client, preview: preview))
        }
    }

    /// Lets a simulated vendor fail, or work again.
    func simulate(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        guard let simulators = services.given.operations.simulators else {
            throw Problem.unknownPage("/dashboard/try/simulators")
        }
        let (vendor, behaviour) = (form["vendor"] ?? "", form["behaviour"] ?? "")
        guard simulators.set(behaviour, at: vendor) else {
            throw Problem.badParameter("behaviour", "must be one that the page offers, of a simulated vendor")
        }
        let details = ["vendor": vendor, "behaviour": behaviour]
        await services.given.operations.audit.write("sandbox: behaviour", by: .client(call.caller), details)
        return .see(Screen.try.path + "#simulators")
    }

    private static let oneEvent = EventFault(
        index: nil,
        field: nil,
        code: .malformed,
        message: "the text must be one event, as a JSON object with \"name\" and \"customer_id\""
    )

    /// Sends the event as the client, through the same code as `POST /v1/events`.
    private func send(_ text: String, from client: Client) async throws -> PageAnswer {
        guard client.may(.writeEvents) else { throw Problem.forbidden(Scope.writeEvents.rawValue) }
        let response = try await services.writing.respond(to: Array(text.utf8), WriteHandler.Options(), from: client)
        guard let id = response.ids.first else { return .see(Screen.events.path) }
        return .see(PageLink.event(id.rawValue))
    }

    /// Whose event it is: an operator may choose any client, others are themselves.
    private func client(_ name: String?, for visitor: Client) throws(Problem) -> Client {
        guard let name, name != visitor.name.rawValue else { return visitor }
        guard visitor.may(.admin) else { throw .forbidden(Scope.admin.rawValue) }
        let clients = services.given.routes.current.routes.clients
        guard let client = clients.first(where: { $0.name.rawValue == name }) else {
            throw .badParameter("client", "names no client of routes.json: \"\(Excerpt.of(name, longest: 60))\"")
        }
        return client
    }

    private func page(
        _ call: PageCall,
        _ entry: Entry,
        actingAs client: Client,
        faults: [EventFault] = [],
        preview: EventPreview? = nil,
        _ estimates: [ProviderName: Result<Estimate, EstimateRefusal>] = [:]
    ) async -> TryPage {
        let routes = services.given.routes.current.routes
        let clients = call.client.may(.admin) ? routes.clients : []
        return TryPage(
            TryPage.Draft(text: entry.text, form: entry.form, template: call.fields["event"]),
            clients: clients.map { Choice($0.name.rawValue, isChosen: $0.name == client.name) },
            names: await names(for: client, seenBy: call.client),
            maySend: client.may(.writeEvents),
            outlook: TryPage.Outlook(
                faults: faults,
                preview: preview,
                estimates: estimates,
                seesAccount: { routes.mayRead($0, call.client) }
            ),
            mayEstimate: EventEstimates(services).mayAsk(call.client),
            simulators: call.client.may(.admin) ? simulators : []
        )
    }

    private var simulators: [TryPage.Simulator] {
        (services.given.operations.simulators?.simulators ?? []).map { vendor in
            TryPage.Simulator(
                name: vendor.name,
                received: vendor.received,
                billed: vendor.billed,
                behaviours: vendor.behaviours.map {
                    Choice($0.value, label: $0.label, isChosen: $0.value == vendor.current)
                }
            )
        }
    }

    /// Names of the client's events; none if they cannot be read now, since the form works without.
    private func names(for client: Client, seenBy visitor: Client) async -> [String] {
        guard visitor.may(.readEvents) else { return [] }
        do {
            let page = try await services.given.journal.names(
                EventFilter(),
                of: client.tenant,
                after: nil,
                limit: Self.mostNames
            )
            return page.names.map(\.name)
        } catch {
            return []
        }
    }

    /// An event of the journal without its identity, its time, and properties that nobody may see, so that sending it makes another event.
    private func template(_ id: String, for client: Client) async throws -> String {
        let events: [ArchivedEvent]
        do {
            events = try await services.given.journal.events(withID: EventID(id), of: client.tenant)
        } catch {
            throw Problem(error)
        }
        guard let event = events.first?.event else { throw Problem.unknownEvent(id) }
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("name", string: event.name)
        if let customer = event.customerID { writer.member("customer_id", string: customer) }
        if let subscription = event.subscriptionID { writer.member("subscription_id", string: subscription) }
        if let source = event.source { writer.member("source", string: source) }
        if !hidesProperties, let properties = event.properties {
            writer.key("properties")
            writer.raw(properties.bytes)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// An event as somebody fills it in: by fields, or as JSON.
private struct Entry {
    /// Nil for an example.
    let text: String?
    let form: TryForm?

    /// - Parameter form: its fields; nil if it is edited as JSON.
    init(text: String?, form: TryForm? = nil) {
        self.text = text
        self.form = form
    }

    /// By fields, if they can hold the event.
    init(fieldsOf text: String?) {
        self.init(text: text, form: text.map { TryForm($0) } ?? .example)
    }

    /// What was filled in.
    init(_ form: FormFields) {
        guard form["as"] == "fields" else {
            self.init(text: form["event"] ?? "")
            return
        }
        let fields = TryForm(
            name: form["name"] ?? "",
            customer: form["customer_id"] ?? "",
            subscription: form["subscription_id"] ?? "",
            source: form["source"] ?? "",
            timestamp: form["timestamp"] ?? "",
            properties: form["properties"] ?? ""
        )
        self.init(text: nil, form: fields)
    }

    /// The event as JSON.
    var event: Result<String, EventFault> { form.map(\.event) ?? .success(text ?? "") }
}
