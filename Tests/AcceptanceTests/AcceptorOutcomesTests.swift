import Acceptance
import Access
import ConfigurationFile
import Events
import Journal
import Routing
import TestSupport
import Testing

/// What the acceptor asks of a store, and what it makes of each of its answers.
@Suite struct AcceptorOutcomesTests {
    private struct StoppedClock: WallClock {
        let now = Timestamp(milliseconds: 1_800_000_000_123)
    }

    private let client = Client(name: "shop", tenant: "shop", scopes: [.writeEvents])

    private func acceptor(over store: ScriptedStore) throws -> Acceptor {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(defaultBaseURL: "https://acme.example", credential: .query(name: "key")),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
        )
        let text = #"""
            {"version":1,
             "providers":{"p":{"adapter":"acme","credential":{"env":"P"}},"q":{"adapter":"acme","credential":{"env":"Q"}}},
             "routes":[{"name":"main","match":{"name":"api_*"},"to":[{"provider":"p"},{"provider":"q","mode":"mirror"}]},
                       {"name":"quiet","match":{"name":"log_*"},"to":[{"provider":"q","mode":"shadow"}]},
                       {"name":"own","match":{"name":"own_*","client":"till"},"to":[{"provider":"p"}]}],
             "clients":[{"name":"till"}]}
            """#
        let routes = try RoutesReader(vendors: [SampleAdapter(traits)]).read(Array(text.utf8)).routes
        return Acceptor(store: store, routes: CurrentRoutes(routes), clock: StoppedClock())
    }

    private func event(_ id: EventID? = nil, _ name: String = "api_x", at time: Timestamp? = nil) -> CanonicalEvent {
        CanonicalEvent(id: id, name: name, customerID: "c", timestamp: time)
    }

    private func read(_ events: [String]) -> EventReader.Batch {
        EventReader().read(Array("[\(events.joined(separator: ","))]".utf8), as: .json)
    }

    @Test(
        arguments: [
            (WritePolicy.each, AppendRequest.Policy.each), (.firstWins, .each), (.allOrNothing, .allOrNothing),
        ]
    )
    func `asks the store for what the policy says`(policy: WritePolicy, asked: AppendRequest.Policy) async throws {
        let store = ScriptedStore()
        _ = try await acceptor(over: store).accept([event("a")], from: client, policy: policy)
        #expect(store.requests.map(\.policy) == [asked])
    }

    @Test func `fixes what never changes again before the store gets it`() async throws {
        let store = ScriptedStore()
        let given = Timestamp(milliseconds: 1_799_999_999_999)
        let results = try await acceptor(over: store).accept(
            [event("a", at: given), event()],
            from: client,
            policy: .each
        )
        let stored = try #require(store.requests.first).events
        #expect(
            stored.map(\.timestamp) == [given, StoppedClock().now]
                && stored.map(\.acceptedAt) == [StoppedClock().now, StoppedClock().now]
        )
        #expect(stored[0].id == "a" && stored[1].id.rawValue.count == 36)
        #expect(stored.allSatisfy { $0.plan.route == "main" && $0.tenant == "shop" && $0.client == "shop" })
        #expect(results.compactMap { $0.accepted?.id } == stored.map(\.id))
        #expect(results.map { $0.accepted?.sequence } == [1, 2])
        #expect(results.first?.accepted?.primaries == ["p"])
    }

    @Test func `gives the original's time for a duplicate with another one, if it is still there`() async throws {
        let original = SampleEvent.accepted(id: "a")
        let store = ScriptedStore(originals: [7: original]) { _ in
            [.duplicate(of: 7, hasOtherTime: true), .duplicate(of: 8, hasOtherTime: true), .duplicate(of: 9)]
        }
        let results = try await acceptor(over: store).accept(
            [event("a"), event("b"), event("c")],
            from: client,
            policy: .each
        )
        let accepted = results.compactMap(\.accepted)
        #expect(accepted.map(\.sequence) == [7, 8, 9] && accepted.allSatisfy(\.isDuplicate))
        #expect(accepted.map(\.timestamp) == [original.timestamp, StoppedClock().now, StoppedClock().now])
        #expect(store.asked == [7, 8], "an original with the same time need not be read")
    }

    @Test func `says which fields of a conflict differ, and what is not stored because of it`() async throws {
        let store = ScriptedStore { _ in [.conflict(with: 3, fields: ["name", "properties"]), .withheld] }
        let results = try await acceptor(over: store).accept(
            [event("a"), event("b")],
            from: client,
            policy: .allOrNothing
        )
        let fault = try #require(results[0].faults.first)
        #expect(fault.index == 0 && fault.field == "id" && fault.code == .conflict && fault.eventID == "a")
        #expect(
            fault.message
                == "the ID \"a\" was already used with a different name, properties; send a correction under a new ID"
        )
        #expect(!results[1].isAccepted && results[1].faults.isEmpty && results[1].accepted == nil)
    }

    @Test(arguments: [
        StoreError.full(retryAfter: .seconds(5)), .closed, .failed(reason: "disk"), .busy(retryAfter: .zero),
    ])
    func `tells why nothing was stored`(error: StoreError) async throws {
        let store = ScriptedStore { (_) throws(StoreError) in throw error }
        let acceptor = try acceptor(over: store)
        await #expect(throws: error) { try await acceptor.accept([event("a")], from: client, policy: .each) }
    }

    @Test func `asks the store for nothing while an event keeps the others out`() async throws {
        for policy in [WritePolicy.allOrNothing, .firstWins] {
            let store = ScriptedStore()
            let results = try await acceptor(over: store).accept(
                [event("a"), event("b", "none")],
                from: client,
                policy: policy
            )
            #expect(store.requests.isEmpty && results.map(\.isAccepted) == [false, false])
        }
    }

    @Test func `stores the events that may be where each stands for itself, with the results in their places`()
        async throws
    {
        let store = ScriptedStore()
        let results = try await acceptor(over: store).accept(
            [event("a", "none"), event("b"), event("c", "own_x"), event("d")],
            from: client,
            policy: .each
        )
        #expect(store.requests.map { $0.events.map(\.id) } == [["b", "d"]])
        #expect(results.map { $0.accepted?.id } == [nil, "b", nil, "d"])
        #expect(results.flatMap(\.faults).map(\.index) == [0, 2])
        #expect(
            results[0].faults.map(\.message) == [
                "no route matches \"none\" from this client; its routes are main, quiet"
            ],
            "the route of another client is not named"
        )
    }

    @Test func `takes an empty request`() async throws {
        let store = ScriptedStore()
        #expect(try await acceptor(over: store).accept([], from: client, policy: .each).isEmpty)
        #expect(try await acceptor(over: store).accept(read([]), from: client, policy: .allOrNothing).isEmpty)
    }

    /// Providers and adapters that an event must not be sent to, and whether an event of each route is refused.
    @Test(
        arguments: [
            ([], []), (["p"], ["main"]), (["q"], ["main"]), (["acme"], ["main"]), (["z"], []), (["p", "z"], ["main"]),
        ] as [(Set<String>, [String])]
    )
    func `refuses what would go where it must not, but for shadows`(avoiding: Set<String>, refused: [String])
        async throws
    {
        let store = ScriptedStore()
        let batch = read([
            #"{"id":"main","name":"api_x","customer_id":"c"}"#, #"{"id":"quiet","name":"log_x","customer_id":"c"}"#,
        ])
        let results = try await acceptor(over: store).accept(batch, from: client, policy: .each, avoiding: avoiding)
        let accepted = results.compactMap { $0.accepted?.id.rawValue }
        #expect(accepted == ["main", "quiet"].filter { !refused.contains($0) })
        guard let fault = results.flatMap(\.faults).first else { return }
        let provider = avoiding.contains("q") ? "q" : "p"
        #expect(fault.code == .forbidden && fault.field == nil && fault.index == 0)
        #expect(
            fault.message == "the route main would send the event to \(provider), which not_to excludes; "
                + "use a client whose route does not lead there"
        )
    }

    @Test func `refuses what goes by another route than the one that is wanted`() async throws {
        let store = ScriptedStore()
        let batch = read([
            #"{"id":"a","name":"api_x","customer_id":"c"}"#, #"{"id":"b","name":"log_x","customer_id":"c"}"#,
        ])
        let results = try await acceptor(over: store).accept(batch, from: client, policy: .each, by: "quiet")
        #expect(results.map(\.isAccepted) == [false, true])
        #expect(
            results[0].faults.map(\.message) == [
                "the event goes by the route main, and only quiet is allowed; use a client whose events go by that route"
            ]
        )
    }

    @Test func `takes faults of the reader for the events that they are about`() async throws {
        let store = ScriptedStore()
        let batch = read([
            #"{"name":"api_x"}"#, #"{"id":"b","name":"api_x","customer_id":"c"}"#,
            #"{"name":"","customer_id":1,"extra":true}"#,
        ])
        let results = try await acceptor(over: store).accept(batch, from: client, policy: .each)
        #expect(results.map(\.isAccepted) == [false, true, false])
        #expect(results[2].faults.count > 1 && results[2].faults.allSatisfy { $0.index == 2 })
        let strict = try await acceptor(over: store).accept(batch, from: client, policy: .allOrNothing)
        #expect(strict.map(\.isAccepted) == [false, false, false] && store.requests.count == 1)
    }

    /// The ends of the client's window: ten years back and a day ahead.
    @Test(
        arguments: [
            (-315_619_200_000, true), (-315_619_200_001, false), (86_400_000, true), (86_400_001, false),
            (0, true),
        ] as [(Int64, Bool)]
    )
    func `takes timestamps within the client's window, its ends included`(offset: Int64, isTaken: Bool) throws {
        let time = StoppedClock().now + .milliseconds(offset)
        let acceptor = try acceptor(over: ScriptedStore())
        if isTaken {
            #expect(try acceptor.preview(event("a", at: time), from: client).timestamp == time)
        } else {
            #expect(throws: EventFault.self) { try acceptor.preview(event("a", at: time), from: client) }
        }
    }
}
