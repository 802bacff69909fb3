import Events
import JSON
import ParityRuns
import Routing
import Synchronization
import TestSupport

/// A vendor in memory that lists what it was given, ten rows a page, with ids and times as they were sent.
struct ListedVendor: Adapter {
    /// What the vendor has, and what is asked of it.
    final class Shelf: Sendable {
        struct State {
            var rows: [WindowRow] = []
            var calls = 0
            /// Whether the vendor can be asked for an event by its id.
            var canFind = false
            /// Names that no metric counts; nil if the vendor does not tell.
            var withoutMetric: Set<String>?
            /// Names that no metric counts, if the vendor tells of all names at once.
            var uncounted: Set<String>?
            /// The property in which events have their ids, if the vendor shows no other.
            var idProperty: String?
            /// The ids of each request that asked for some.
            var idsAsked: [Int] = []
            /// Answers from this call on are failures.
            var failsFrom = Int.max
            /// The next answer is a failure.
            var failsOnce = false
            /// What it says when it is asked for all names that its metrics count.
            var countedNames: VendorInquiry<CountedNames>?
            /// The settings that comparisons have told it of.
            var settings: [DestinationSettings] = []
            /// What its one meter shows, which counts the events `api_0` by when they arrive; nil if it has none.
            var usage: [VendorUsage]?
            /// What its other meters show, by their IDs.
            var otherUsage: [String: [VendorUsage]] = [:]
            /// How many pages its usage has.
            var usagePages = 1
            /// How many pages its catalogue has; none: it is told without a request.
            var cataloguePages = 0
        }

        let state = Mutex(State())

        var rows: [WindowRow] {
            get { state.withLock { $0.rows } }
            set { state.withLock { $0.rows = newValue } }
        }
    }

    static let pageSize = 10
    let shelf: Shelf

    var traits: VendorTraits {
        let hasMeter = shelf.state.withLock { $0.usage != nil }
        let usage = UsageTraits(scope: .metric, isFloat: true, numbers: .all, lag: .milliseconds(5))
        return VendorTraits(
            adapter: "listed",
            vendor: "Listed",
            api: VendorAPI(
                defaultBaseURL: "https://listed.example",
                credential: .header(name: "Authorization", prefix: "")
            ),
            requests: RequestTraits(
                batch: BatchLimit(events: 7, bytes: 1 << 20),
                deduplication: .byIdentity(memory: nil)
            ),
            reads: ReadTraits(
                lag: .milliseconds(5),
                lists: ListTraits(pageSize: Self.pageSize),
                sums: SumTraits(part: .seconds(50), longest: .seconds(300)),
                usage: hasMeter ? usage : nil,
                countsNewEvents: true,
                idsPerRequest: 25
            ),
            billing: BillingTraits(clock: hasMeter ? .receipt : .eventTime)
        )
    }

    var reader: (any VendorReader)? { ListedReader(shelf: shelf) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<DestinationSettings>)
        throws(Untranslatable)
        -> TranslatedEvent
    {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", string: event.id.rawValue)
        writer.member("name", string: destination.name(for: event.name))
        writer.member("at", integer: event.timestamp.milliseconds)
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: event.id.rawValue)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(path: "/", body: events.flatMap { $0.bytes + [UInt8(ascii: "\n")] })
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        .all(.delivered(deduplicated: false))
    }
}

private struct ListedReader: VendorReader {
    let shelf: ListedVendor.Shelf

    var abilities: Set<VendorAbility> { shelf.state.withLock { $0.canFind ? [.compare, .find] : [.compare] } }
    var obstacles: ObstacleTraits {
        shelf.state.withLock { state in
            ObstacleTraits(
                ofEvents: state.withoutMetric == nil ? [] : [.noMetric],
                ofNames: state.uncounted != nil || state.countedNames != nil
            )
        }
    }

    func countedNames() -> VendorInquiry<CountedNames> {
        if let answer = shelf.state.withLock({ $0.countedNames }) { return answer }
        let uncounted = shelf.state.withLock { $0.uncounted ?? [] }
        return .done(CountedNames { !uncounted.contains($0) })
    }

    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        .done(shelf.rows.map(\.event).filter { $0.id == wanted.id.rawValue })
    }

    func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?> {
        let name = echo(of: event)?.name ?? ""
        // It tells of no event that it does not have.
        guard shelf.rows.contains(where: { $0.event.id == event.identity }) else { return .unsupported(nil) }
        return .done(shelf.state.withLock { $0.withoutMetric?.contains(name) ?? false } ? .noMetric : nil)
    }

    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> {
        .done(rows(in: window, of: owner).count)
    }

    private func rows(in window: ReadWindow, of owner: WindowOwner?) -> [WindowRow] {
        shelf.rows.filter { window.contains($0.event.timestamp) && (owner?.has($0.event) ?? true) }
    }

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        let rows = rows(in: window, of: owner)
        let start = cursor.flatMap { Int($0) } ?? 0
        let end = min(rows.count, start + ListedVendor.pageSize)
        return .done(
            WindowPage(
                rows: Array(rows[start..<end]),
                total: rows.count,
                next: end < rows.count ? .page("\(end)") : .end
            )
        )
    }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        guard let root = JSONDocument(ifValid: event.bytes)?.root, let id = root["id"]?.string,
            let name = root["name"]?.string, let time = root["at"]?.int64
        else { return nil }
        return VendorEvent(
            id: id,
            name: name,
            timestamp: Timestamp(milliseconds: time),
            properties: root["properties"].map { JSONText(checked: $0.raw) }
        )
    }

    /// The answer is how many were new.
    func resend(_ events: [TranslatedEvent]) -> VendorInquiry<Int> {
        .ask(ListedVendor(shelf: shelf).request(carrying: events)) { answer in
            .done(Int(String(decoding: answer.body, as: UTF8.self)) ?? -1)
        }
    }

    /// The sums of `n` of the events that have the meter's name, as 64-bit floats.
    func sums(of meter: String, in window: ReadWindow) -> VendorInquiry<[MeteredPart]> {
        var sums: [Int64: Double] = [:]
        for row in shelf.rows where row.event.name == meter && window.contains(row.event.timestamp) {
            let properties = row.event.properties.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root }
            sums[row.event.timestamp.milliseconds / 50_000, default: 0] +=
                properties?["n"]?.numberText.flatMap { Double($0) } ?? 0
        }
        return .done(sums.map { MeteredPart(start: Timestamp(milliseconds: $0 * 50_000), sum: "\($1)") })
    }

    func events(withIDs ids: [String], in property: String) -> VendorInquiry<[WindowRow]> {
        shelf.state.withLock { $0.idsAsked.append(ids.count) }
        return .done(
            shelf.rows.filter { row in
                let properties = row.event.properties.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root }
                return properties?[property]?.string.map(ids.contains) ?? false
            }
        )
    }

    func catalogue() -> VendorInquiry<[CatalogueMetric]> {
        let (others, pages) = shelf.state.withLock { ($0.otherUsage.keys.sorted(), $0.cataloguePages) }
        let metrics = (["meter"] + others).map { id in
            CatalogueMetric(
                id: id,
                name: "Meter",
                eventName: "api_0",
                aggregate: .count,
                vendorAggregate: "count",
                property: nil,
                filter: nil
            )
        }
        return Self.catalogue(metrics, behind: pages)
    }

    private static func catalogue(_ metrics: [CatalogueMetric], behind pages: Int) -> VendorInquiry<[CatalogueMetric]> {
        guard pages > 0 else { return .done(metrics) }
        return .ask(VendorRequest(method: "GET", path: "/", body: [])) { _ in
            pages > 1 ? catalogue(metrics, behind: pages - 1) : .done(metrics)
        }
    }

    func usage(of metric: String) -> VendorInquiry<[VendorUsage]> {
        let (usage, pages) = shelf.state.withLock { ($0.otherUsage[metric] ?? $0.usage ?? [], $0.usagePages) }
        return Self.usage(usage, behind: pages)
    }

    private static func usage(_ usage: [VendorUsage], behind pages: Int) -> VendorInquiry<[VendorUsage]> {
        .ask(VendorRequest(method: "GET", path: "/", body: [])) { _ in
            pages > 1 ? Self.usage(usage, behind: pages - 1) : .done(usage)
        }
    }

    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules {
        shelf.state.withLock { state in
            for one in settings where !state.settings.contains(one) { state.settings.append(one) }
        }
        return shelf.state.withLock { $0.idProperty }.map { ComparisonRules(identity: nil, idProperties: [$0]) }
            ?? ComparisonRules(identity: [])
    }
}

/// Asks the vendor in memory.
struct ShelfAsking: VendorAsking {
    let shelf: ListedVendor.Shelf

    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    {
        if let failure = call() { return .failed(failure) }
        var inquiry = inquiry
        while case .ask(_, let next) = inquiry { inquiry = next(VendorAnswer(status: 200, body: [])) }
        return inquiry
    }

    /// - Returns: why the call fails; nil if it does not.
    private func call() -> DeliveryFault? {
        let isFailing = shelf.state.withLock { state in
            state.calls += 1
            defer { state.failsOnce = false }
            return state.calls >= state.failsFrom || state.failsOnce
        }
        return isFailing ? DeliveryFault(code: .unauthorized, message: "Listed (401) refuses the key") : nil
    }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    {
        if let failure = call() { return .failed(failure) }
        guard case .ask(let request, let next) = inquiry else { return inquiry }
        let sent = request.body.split(separator: UInt8(ascii: "\n")).compactMap { line in
            ListedReader(shelf: shelf).echo(of: TranslatedEvent(bytes: Array(line), identity: ""))
        }
        let added = shelf.state.withLock { state in
            let known = Set(state.rows.map(\.event.id))
            let new = sent.filter { !known.contains($0.id) }
            state.rows += new.enumerated().map { WindowRow(key: "new \(state.rows.count + $0)", event: $1) }
            return new.count
        }
        return next(VendorAnswer(status: 200, headers: [], body: Array("\(added)".utf8)))
    }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        let rows = events.compactMap { ListedReader(shelf: shelf).echo(of: $0) }
        shelf.state.withLock { state in
            state.rows += rows.enumerated().map { WindowRow(key: "again \(state.rows.count + $0)", event: $1) }
        }
        return .all(.delivered(deduplicated: false))
    }
}

/// Lets some requests that send events again come to the vendor, and keeps the others until their task is cancelled.
final class StoppingAsking: VendorAsking {
    private let vendor: ShelfAsking
    private let most: Int
    private let asked = Mutex(0)

    init(_ shelf: ListedVendor.Shelf, after most: Int) {
        vendor = ShelfAsking(shelf: shelf)
        self.most = most
    }

    /// Whether a request is kept.
    var isStopped: Bool { asked.withLock { $0 > most } }

    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    { await vendor.ask(inquiry, at: provider) }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    {
        let number = asked.withLock { asked in
            asked += 1
            return asked
        }
        guard number > most else { return await vendor.askOnce(inquiry, at: provider) }
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(60)) } catch { break }
        }
        return nil
    }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        await vendor.send(events, to: provider)
    }
}

/// Answers no question before another one is asked, and then with a failure.
final class MeetingAsking: VendorAsking {
    private let counts = Mutex((waiting: 0, most: 0))

    /// The most questions that were open at once.
    var most: Int { counts.withLock { $0.most } }

    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    {
        counts.withLock { counts in
            counts.waiting += 1
            counts.most = max(counts.most, counts.waiting)
        }
        defer { counts.withLock { $0.waiting -= 1 } }
        do {
            try await waitUntil("another window is read") { most > 1 }
        } catch {
            // None is: the test sees it, and the comparison comes to its end.
        }
        return .failed(DeliveryFault(code: .vendorUnavailable, message: "Listed (503) is gone"))
    }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    { await ask(inquiry, at: provider) }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? { nil }
}
