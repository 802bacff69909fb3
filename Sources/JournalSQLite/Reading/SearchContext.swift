import Events
import GRDB
import Journal
import JournalFormat

/// What a search of events reads from, and what it asks.
struct SearchContext: Sendable {
    let index: ColumnIndex
    let reader: JournalReader
    let damage: DamageLog
    let names: NameTable
    let tenant: TenantID
    let filter: EventFilter
    let pageBytes: Int

    init(_ parts: StoreParts, _ filter: EventFilter, of tenant: TenantID) {
        index = parts.columns
        reader = parts.reader
        damage = parts.damage
        names = parts.names.current
        self.tenant = tenant
        self.filter = filter
        pageBytes = parts.settings.pageBytes
    }

    /// What the filter asks of a snapshot's segments; nil if no event can pass.
    func query(of snapshot: ColumnIndex.Snapshot, candidates: [Int64]?) -> ColumnQuery? {
        var hidden = snapshot.removed
        for damage in damage.all { hidden.insert(damage.first.rawValue...damage.last.rawValue) }
        var query = ColumnQuery(filter, of: tenant, names: names, key: index.key, hidden: hidden)
        query?.candidates = candidates
        return query
    }

    /// Whether columns are not enough to tell what the filter takes.
    var asksForEvents: Bool { filter.asksForEvents || filter.provider.map(names.hasLanes) ?? false }

    func events(in db: Database) -> FilteredEvents {
        FilteredEvents(db: db, reader: reader, names: names, tenant: tenant, filter: filter)
    }
}
