import Events
import JSON
import ParityRuns
import Routing
import Synchronization

/// A vendor in memory that shows what it has without the IDs that it was sent with, and bills by receipt, as Polar does.
struct AnonymousVendor: Adapter {
    /// What the vendor has.
    final class Shelf: Sendable {
        private let state = Mutex<[VendorEvent]>([])

        var events: [VendorEvent] {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    let shelf: Shelf

    // As the journal double of comparisons names it.
    let traits = VendorTraits(
        adapter: "listed",
        vendor: "Anonymous",
        api: VendorAPI(
            defaultBaseURL: "https://anonymous.example",
            credential: .header(name: "Authorization", prefix: "")
        ),
        requests: RequestTraits(
            batch: BatchLimit(events: 7, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil)
        ),
        reads: ReadTraits(
            lag: .milliseconds(5),
            lists: ListTraits(pageSize: 10),
            countsNewEvents: true,
            idsPerRequest: 25
        ),
        billing: BillingTraits(clock: .receipt)
    )

    var reader: (any VendorReader)? { AnonymousReader(shelf: shelf) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<DestinationSettings>)
        throws(Untranslatable)
        -> TranslatedEvent
    {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", string: destination.name(for: event.name))
        writer.member("customer", string: event.customerID ?? "")
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

private struct AnonymousReader: VendorReader {
    let shelf: AnonymousVendor.Shelf
    let abilities: Set<VendorAbility> = [.compare, .find]

    /// By name, customer and time.
    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        .done(
            shelf.events.filter { event in
                event.name == wanted.known?.name && event.customerID == wanted.known?.customerID
                    && event.timestamp == wanted.known?.timestamp
            }
        )
    }

    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> {
        .done(rows(in: window).count)
    }

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        let rows = rows(in: window)
        return .done(WindowPage(rows: rows, total: rows.count, next: .end))
    }

    private func rows(in window: ReadWindow) -> [WindowRow] {
        shelf.events.enumerated().filter { window.contains($1.timestamp) }.map { WindowRow(key: "r\($0)", event: $1) }
    }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        guard let root = JSONDocument(ifValid: event.bytes)?.root, let name = root["name"]?.string,
            let time = root["at"]?.int64
        else { return nil }
        return VendorEvent(
            id: nil,
            name: name,
            customerID: root["customer"]?.string,
            timestamp: Timestamp(milliseconds: time),
            properties: root["properties"].map { JSONText(checked: $0.raw) }
        )
    }

    func resend(_ events: [TranslatedEvent]) -> VendorInquiry<Int> {
        .ask(AnonymousVendor(shelf: shelf).request(carrying: events)) { _ in .done(events.count) }
    }
}

/// Asks the vendor in memory, and counts what is sent to it.
final class AnonymousAsking: VendorAsking {
    private let count = Mutex(0)

    /// How many events were sent.
    var sent: Int { count.withLock { $0 } }

    func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async -> VendorInquiry<Value>?
    { inquiry }

    func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    {
        guard case .ask(let request, let next) = inquiry else { return inquiry }
        count.withLock { $0 += request.body.count { $0 == UInt8(ascii: "\n") } }
        return next(VendorAnswer(status: 200, headers: [], body: []))
    }

    func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        count.withLock { $0 += events.count }
        return .all(.delivered(deduplicated: false))
    }
}
