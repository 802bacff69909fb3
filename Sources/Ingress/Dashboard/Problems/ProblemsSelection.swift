import Dashboard
import Events
import Journal
import Routing

/// Which deliveries a person means: rows of the list, all that match a filter, or those of one event.
struct ProblemsSelection: Sendable {
    let action: DeliveryRevision.Action
    /// One per provider, because rows are of an event at a provider.
    let filters: [(provider: ProviderName, filter: DeliveryFilter)]
    /// What the next form carries on, to mean the same.
    let fields: [ProblemsFilter.Hidden]
    let summary: String

    /// Maximum number of rows, as many as a page has.
    private static let mostRows = 1000

    /// - Parameter providers: those that the client's deliveries may be at.
    init(_ form: FormFields, tenant: TenantID, providers: [ProviderName]) throws(Problem) {
        guard let action = form["action"].flatMap({ DeliveryRevision.Action(rawValue: $0) }) else {
            throw .badParameter("action", "must be retry or discard")
        }
        self.action = action
        let names = DeliveryFilter.parameterNames
        let base = try DeliveryFilter(ListParameters(form.query(names), allowed: names), tenant: tenant)
        try base.checkWindow()
        let rows = form.all("select") + (form["id"].map { id in form["provider"].map { ["\($0)/\(id)"] } ?? [] } ?? [])
        let isAll = form["scope"] == "all"
        guard isAll || !rows.isEmpty else {
            throw .badParameter("select", "is empty: select at least one row, or choose all that match the filter")
        }
        guard rows.count <= Self.mostRows else {
            throw .badParameter("select", "has more than \(Self.mostRows) rows; choose all that match a filter")
        }
        var fields = [ProblemsFilter.Hidden("action", action.rawValue)]
        fields += ProblemsFilter.fields.compactMap { name in form[name].map { ProblemsFilter.Hidden(name, $0) } }
        if isAll {
            fields.append(ProblemsFilter.Hidden("scope", "all"))
            filters = (base.providers.isEmpty ? providers : base.providers).map { provider in
                var filter = base
                filter.providers = [provider]
                return (provider, filter)
            }
            summary = "all deliveries that match: \(base.summary)"
        } else {
            fields += rows.map { ProblemsFilter.Hidden("select", $0) }
            filters = try Self.filters(of: rows, base)
            summary =
                rows.count == 1
                ? Self.parts(of: rows[0]).map { "\($0.provider): \($0.event)" } ?? rows[0]
                : PlainNumbers.deliveries(rows.count)
        }
        self.fields = fields
    }

    /// One filter per provider for the selected rows, which are named `provider/event`.
    private static func filters(of rows: [String], _ base: DeliveryFilter) throws(Problem)
        -> [(provider: ProviderName, filter: DeliveryFilter)]
    {
        var ids: [ProviderName: [EventID]] = [:]
        for row in rows {
            guard let (provider, event) = parts(of: row) else {
                throw .badParameter("select", "must be a provider and an event id; select the rows again")
            }
            ids[provider, default: []].append(event)
        }
        return ids.sorted { $0.key < $1.key }.map { provider, ids in
            var filter = base
            filter.providers = [provider]
            filter.eventIDs = ids
            // A row that is selected is meant, whatever its state.
            if filter.statuses.isEmpty { filter.statuses = [.rejected, .uncertain, .retrying] }
            return (provider, filter)
        }
    }

    /// Provider and event of a row; nil if it is none. By bytes: a slash that an accent follows is no slash to `String`.
    private static func parts(of row: String) -> (provider: ProviderName, event: EventID)? {
        guard let slash = row.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        return (ProviderName(String(row[..<slash])), EventID(String(row[row.utf8.index(after: slash)...])))
    }
}
