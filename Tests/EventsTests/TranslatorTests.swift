import Events
import Synchronization
import Testing

@Suite struct TranslatorTests {
    /// Counts how often it prepares settings.
    private final class CountingAdapter: Adapter {
        let traits = VendorTraits(
            adapter: "count",
            vendor: "Count",
            api: VendorAPI(defaultBaseURL: nil, credential: .query(name: "key")),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none),
            settings: [SettingField(name: "word", kind: .text, default: .text("usual"), summary: "A word.")]
        )
        private let prepared = Atomic(0)
        var preparations: Int { prepared.load(ordering: .relaxed) }

        func prepare(_ settings: DestinationSettings) -> String {
            prepared.wrappingAdd(1, ordering: .relaxed)
            return settings.text("word") ?? "none"
        }

        func translate(_ event: AcceptedEvent, for destination: PreparedDestination<String>) -> TranslatedEvent {
            TranslatedEvent(bytes: Array(destination.settings.utf8), identity: event.id.rawValue)
        }

        func request(carrying events: [TranslatedEvent]) -> VendorRequest { VendorRequest(path: "/", body: []) }

        func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
            .all(.delivered(deduplicated: false))
        }
    }

    private let event = AcceptedEvent(
        CanonicalEvent(name: "n", timestamp: Timestamp(milliseconds: 0)),
        id: "e",
        in: Submission(
            tenant: "shop",
            client: "shop",
            acceptedAt: Timestamp(milliseconds: 0),
            plan: Plan(route: "r", destinations: [])
        )
    )

    private func destination(_ settings: [String: SettingValue]) -> Destination {
        Destination(provider: "p", adapter: "count", mode: .primary, settings: DestinationSettings(settings))
    }

    @Test func `prepares settings once for the events of a destination that follow one another`() throws {
        let adapter = CountingAdapter()
        var translator = Translator(adapter)
        func words(_ settings: [String: SettingValue], _ times: Int) throws(Untranslatable) -> Set<[UInt8]> {
            var words: Set<[UInt8]> = []
            for _ in 0..<times { words.insert(try translator.translate(event, for: destination(settings)).bytes) }
            return words
        }
        let own = try words(["word": .text("own")], 5)
        #expect(own == [Array("own".utf8)] && adapter.preparations == 1)
        let usual = try words([:], 5)
        #expect(usual == [Array("usual".utf8)], "the default is filled in")
        #expect(adapter.preparations == 2)
    }

    @Test func `destinations are the same by what they say`() {
        let one = destination(["word": .text("own")])
        #expect(one == one && one == destination(["word": .text("own")]))
        #expect(one != destination([:]))
        let others = [
            Destination(provider: "q", adapter: "count", mode: .primary, settings: one.settings),
            Destination(provider: "p", adapter: "other", mode: .primary, settings: one.settings),
            Destination(provider: "p", adapter: "count", mode: .mirror, settings: one.settings),
            Destination(provider: "p", adapter: "count", mode: .primary, rename: ["a": "b"], settings: one.settings),
        ]
        for other in others { #expect(one != other) }
    }

    @Test func `an event translated alone comes out the same`() throws {
        let adapter: any Adapter = CountingAdapter()
        #expect(try adapter.translate(event, for: destination([:])).bytes == Array("usual".utf8))
    }
}
