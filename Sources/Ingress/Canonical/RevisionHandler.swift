import Access
import DeliveryEngine
import Events
import JSON
import Journal
import Routing

/// `POST /v1/deliveries/retry` and `/discard`: a person's decision about deliveries that wait for one. `GET /v1/deliveries/actions`:
/// earlier decisions.
struct RevisionHandler: Sendable {
    private let revising: any JournalAdministration
    private let nudging: any DeliveryNudging
    private let removed: RemovedProviders
    private let retries: RetryGuard
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let audit: AuditLog

    init(_ services: EndpointServices) {
        revising = services.given.journal
        nudging = services.given.delivery.bells
        removed = RemovedProviders(services)
        retries = RetryGuard(services)
        routes = services.given.routes
        clock = services.given.clock
        audit = services.given.operations.audit
    }

    /// Carries out a decision, or only counts the deliveries in a dry run.
    func respond(to call: EndpointCall, _ action: DeliveryRevision.Action) async throws -> EndpointResponse {
        let client = call.client
        let order = try await call.parseBody { try RevisionOrder($0, tenant: client.tenant) }
        let (count, uncertain) = try await decide(action, order.filter, isDryRun: order.isDryRun, by: call.caller)
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("action", string: action.rawValue)
        writer.member("dry_run", bool: order.isDryRun)
        writer.member("changed", integer: count.changed)
        writer.member("busy", integer: count.busy)
        writer.member("uncertain", integer: uncertain)
        if action == .retry {
            writer.member("amended", integer: count.amended)
            writer.member("translatable", integer: count.changed - count.untranslatable)
            writer.member("untranslatable", integer: count.untranslatable)
        }
        writer.endObject()
        return .json(writer.bytes)
    }

    /// Carries out a decision, or only counts the deliveries in a dry run.
    /// - Returns: what it changes, and how many uncertain deliveries a retry without a state leaves as they are.
    func decide(
        _ action: DeliveryRevision.Action,
        _ filter: DeliveryFilter,
        isDryRun: Bool,
        by caller: Caller
    ) async throws -> (count: RevisionCount, uncertain: Int) {
        if action == .retry { try await retries.check(filter, at: clock.now) }
        // Also after a failure, because part of it may be done.
        defer { if action == .retry, !isDryRun { nudge(filter.providers) } }
        let count: RevisionCount
        let uncertain: Int
        do {
            let revision = DeliveryRevision(
                action: action,
                filter: filter,
                untriedAt: action == .discard ? try await removed.withBacklog : [],
                amending: action == .retry ? CurrentSettings(routes.current) : nil,
                by: caller.client.name,
                at: clock.now
            )
            count = try await isDryRun ? revising.count(revision) : revising.revise(revision)
            uncertain = try await self.uncertain(leftBy: revision)
        } catch {
            throw Problem(error)
        }
        if !isDryRun {
            var details = ["filter": filter.summary, "changed": "\(count.changed)", "busy": "\(count.busy)"]
            if action == .retry { details["amended"] = "\(count.amended)" }
            await audit.write("deliveries: \(action.rawValue)", by: .client(caller), details)
        }
        return (count, uncertain)
    }

    /// - Parameter providers: empty for all.
    private func nudge(_ providers: [ProviderName]) {
        guard !providers.isEmpty else { return nudging.nudge(nil) }
        for provider in providers { nudging.nudge(provider) }
    }

    /// How many uncertain deliveries a retry that names no state leaves as they are, so that they are not assumed to be retried.
    private func uncertain(leftBy revision: DeliveryRevision) async throws(StoreError) -> Int {
        guard revision.filter.statuses.isEmpty, !revision.action.usualStatuses.contains(.uncertain) else { return 0 }
        var filter = revision.filter
        filter.statuses = [.uncertain]
        let others = DeliveryRevision(action: revision.action, filter: filter, by: revision.by, at: revision.at)
        return try await revising.count(others).changed
    }

    /// The latest decisions of the client's tenant, newest first.
    func actions(_ call: EndpointCall) async throws -> EndpointResponse {
        let recorded: [RecordedRevision]
        do {
            recorded = try await revising.revisions(of: call.client.tenant, limit: 1000)
        } catch {
            throw Problem(error)
        }
        var writer = JSONWriter(capacity: 160 * (recorded.count + 1))
        writer.beginObject()
        writer.key("actions")
        writer.beginArray()
        for revision in recorded {
            writer.beginObject()
            writer.member("action", string: revision.action.rawValue)
            writer.member("at", string: revision.at.rfc3339)
            writer.member("client", string: revision.by.rawValue)
            writer.member("filter", string: revision.filter)
            writer.member("changed", integer: revision.count.changed)
            writer.member("busy", integer: revision.count.busy)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }
}

/// The body of a decision: `{"ids": [...]}`, `{"filter": {...}}` or `{"all": true}`, with `"dry_run": true` for the count alone.
struct RevisionOrder: Sendable {
    private(set) var filter: DeliveryFilter
    private(set) var isDryRun = false

    /// - Throws: ``Problem`` that names the member and how to fix it. An order that selects nothing is refused, so that nobody discards
    ///   everything by mistake.
    init(_ body: [UInt8], tenant: TenantID) throws(Problem) {
        filter = DeliveryFilter(tenant: tenant)
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error)")
        }
        guard root.kind == .object else { throw .badBody("the body must be an object such as {\"ids\": [\"evt-1\"]}") }
        var isAll = false
        for member in root.members {
            switch member.name {
            case "ids": filter.eventIDs = try Self.texts(member).map { EventID($0) }
            case "filter": try readFilter(member.value)
            case "all": isAll = try Self.flag(member)
            case "dry_run": isDryRun = try Self.flag(member)
            default:
                throw .badBody("unknown member \"\(Excerpt.of(member.name))\"; there are ids, filter, all and dry_run")
            }
        }
        if filter == DeliveryFilter(tenant: tenant), !isAll {
            throw .badBody("name the deliveries by \"ids\" or by \"filter\", or say {\"all\": true}")
        }
    }

    /// Reads the filter's members, which have the names of the query parameters.
    private mutating func readFilter(_ value: JSONValue) throws(Problem) {
        guard value.kind == .object else { throw .badBody("\"filter\" must be an object") }
        for member in value.members {
            switch member.name {
            case "provider": filter.providers = try Self.texts(member).map { ProviderName($0) }
            case "status":
                filter.statuses = try ListParameters.choices("status", try Self.texts(member), as: DeliveryStatus.self)
            case "name": filter.names = try Self.texts(member)
            case "customer_id": filter.customerIDs = try Self.texts(member)
            case "error_code":
                let codes = try Self.texts(member)
                filter.errorCodes = try ListParameters.choices("error_code", codes, as: DeliveryErrorCode.self)
            case "accepted_from": filter.acceptedFrom = try Self.timestamp(member)
            case "accepted_until": filter.acceptedBefore = try Self.timestamp(member)
            default:
                let known = DeliveryFilter.parameterNames.sorted()
                throw .badBody(
                    "unknown filter \"\(Excerpt.of(member.name))\"\(Problem.suggestion(for: member.name, among: known)); "
                        + "the filters are \(known.joined(separator: ", "))"
                )
            }
        }
        try filter.checkWindow()
    }

    private static func timestamp(_ member: JSONMember) throws(Problem) -> Timestamp {
        try ListParameters.timestamp(member.name, try text(member))
    }

    private static func flag(_ member: JSONMember) throws(Problem) -> Bool {
        guard let flag = member.value.bool else { throw .badBody("\"\(member.name)\" must be true or false") }
        return flag
    }

    private static func text(_ member: JSONMember) throws(Problem) -> String {
        guard let text = member.value.string else { throw .badBody("\"\(member.name)\" must be a string") }
        return text
    }

    /// A string, or a list of at least one.
    private static func texts(_ member: JSONMember) throws(Problem) -> [String] {
        if let text = member.value.string { return [text] }
        let texts = member.value.elements.map(\.string)
        guard member.value.kind == .array, !texts.isEmpty, !texts.contains(nil) else {
            throw .badBody("\"\(member.name)\" must be a string, or a list of at least one")
        }
        return texts.compactMap(\.self)
    }
}
