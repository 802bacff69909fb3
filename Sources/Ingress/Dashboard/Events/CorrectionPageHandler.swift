import Access
import Dashboard
import Events
import HTTPTypes
import JSON
import Journal
import Routing

/// `/dashboard/events/{id}/void` and `/adjust`: a correction of an event, which is checked before it is confirmed.
struct CorrectionPageHandler: Sendable {
    private let kind: CorrectionID.Kind
    private let desk: CorrectionDesk
    private let archive: any EventArchive
    private let routes: CurrentRoutes
    private let hidesProperties: Bool

    /// The fields that a correction consists of.
    private static let names = ["reason", "aggregate", "property", "subscription_id", "properties"]

    init(_ services: EndpointServices, _ kind: CorrectionID.Kind) {
        self.kind = kind
        desk = CorrectionDesk(services)
        archive = services.given.journal
        routes = services.given.routes
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    /// The form.
    func show(_ call: PageCall) async throws -> PageAnswer {
        .page(try await page(call, call.fields))
    }

    /// Shows what the correction would do.
    func check(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        do {
            let body = try body(form, isDryRun: true)
            let plan = try await desk.correct(EventID(call.parameter), body, by: call.caller).plan
            return .page(
                CorrectionPlanPage(
                    kind,
                    of: plan.event.id,
                    reason: body.reason,
                    plan.parts.indices.map { Self.part(plan, at: $0) },
                    corrections: plan.corrections.map(\.event),
                    hidesProperties: hidesProperties,
                    fields: Self.names.compactMap { name in form[name].map { ProblemsFilter.Hidden(name, $0) } }
                )
            )
        } catch let problem as Problem {
            return try await refused(call, form, problem)
        }
    }

    /// Makes a correction that was checked.
    func order(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        do {
            _ = try await desk.correct(EventID(call.parameter), try body(form, isDryRun: false), by: call.caller)
            return .see("\(PageLink.event(call.parameter))#corrections")
        } catch let problem as Problem {
            return try await refused(call, form, problem)
        }
    }

    private static func part(_ plan: CorrectionPlan, at index: Int) -> CorrectionPlanPage.Part {
        let part = plan.parts[index]
        return CorrectionPlanPage.Part(
            provider: part.delivery.provider,
            adapter: part.delivery.adapter,
            outcome: part.result.name,
            reason: part.result.reason,
            note: part.result.isSent ? part.note : nil,
            correction: plan.correction(ofPart: index)
        )
    }

    /// The correction as the API takes it, so that both have the same rules.
    private func body(_ form: FormFields, isDryRun: Bool) throws(Problem) -> CorrectionBody {
        guard let reason = form["reason"] else { throw .badParameter("reason", "is missing; the log keeps it") }
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("reason", string: reason)
        writer.member("dry_run", bool: isDryRun)
        for name in ["aggregate", "property", "subscription_id"] {
            if let value = form[name] { writer.member(name, string: value) }
        }
        if kind == .adjust, let text = form["properties"] {
            guard let properties = JSONDocument(ifValid: Array(text.utf8)) else {
                throw .badParameter("properties", "must be a JSON object, such as {\"units\": 4}")
            }
            writer.key("properties")
            writer.raw(properties.root.raw)
        }
        writer.endObject()
        return try CorrectionBody(writer.bytes, for: kind)
    }

    /// The form again, with what was filled in.
    private func refused(_ call: PageCall, _ form: FormFields, _ problem: Problem) async throws -> PageAnswer {
        .page(try await page(call, form, fault: "\(problem.title): \(problem.detail)."), status: problem.status)
    }

    private func page(_ call: PageCall, _ form: FormFields, fault: String? = nil) async throws -> CorrectionPage {
        let events: [ArchivedEvent]
        do {
            events = try await archive.events(withID: EventID(call.parameter), of: call.client.tenant)
        } catch {
            throw Problem(error)
        }
        let wanted = form["subscription_id"]
        let found = events.first { archived in
            wanted.map { archived.event.subscriptionID?.utf8.elementsEqual($0.utf8) ?? false } ?? true
        }
        guard let event = found?.event else { throw Problem.unknownEvent(call.parameter) }
        let properties = event.properties.map { EventText.indented(Array($0.bytes)) }
        return CorrectionPage(
            kind,
            of: event.id,
            properties: hidesProperties ? nil : properties,
            CorrectionForm(
                reason: form["reason"] ?? "",
                aggregate: form["aggregate"],
                property: form["property"] ?? "",
                properties: form["properties"] ?? "",
                subscription: wanted ?? "",
                metric: routes.current.routes.metricOfMigrations(for: event.name).map(Self.text)
            ),
            fault: fault
        )
    }

    private static func text(of metric: MigrationMetric) -> String {
        metric.aggregate.rawValue + (metric.property.map { " of \($0)" } ?? "")
    }
}
