import Acceptance
import Access
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import OfRecord
import Routing
import TestSupport
import Testing
import Vendors

@testable import Reports

/// What would happen to an event, at every vendor.
@Suite struct EventPreviewerTests {
    private let client = Client(name: "shop", tenant: "shop", scopes: [.readEvents])

    private func withPreviewer(
        _ routes: String,
        _ body: (EventPreviewer, SQLiteEventStore) async throws -> Void
    ) async throws {
        let reader = RoutesReader(vendors: VendorRegistry.all, allowsInlineSecrets: true)
        let current = CurrentRoutes(try reader.read(Array(routes.utf8)).routes)
        try await withTemporaryFolder { folder in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            let acceptor = Acceptor(store: store, routes: current, clock: SystemWallClock())
            try await body(EventPreviewer(acceptor, current), store)
            await store.close()
        }
    }

    private let event = CanonicalEvent(
        id: "evt-1",
        name: "api_request",
        customerID: "customer456",
        subscriptionID: "sub_1",
        properties: JSONText(checked: #"{"request_size":100}"#)
    )

    @Test func `shows a request to each vendor, with the credential in its place and hidden`() async throws {
        let routes = #"""
            {"version": 1, "providers": {
               "lago": {"adapter": "lago", "credential": {"inline": "planted-lago"}, "base_url": "https://lago.example/"},
               "polar": {"adapter": "polar", "credential": {"inline": "planted-polar"}}},
             "routes": [{"name": "all", "to": [{"provider": "lago"}, {"provider": "polar", "mode": "shadow"}]}],
             "clients": []}
            """#
        try await withPreviewer(routes) { previewer, store in
            let preview = try previewer.preview(event, from: client)
            #expect(preview.event.id == "evt-1" && preview.event.plan.route == "all")
            #expect(preview.destinations.map(\.destination.provider) == ["lago", "polar"])
            #expect(preview.destinations.map(\.destination.mode) == [.primary, .shadow])
            for destination in preview.destinations {
                guard case .request(let request) = destination.result else {
                    Issue.record("\(destination.destination.provider) gets no request")
                    continue
                }
                #expect(request.method == "POST" && request.url.hasPrefix("https://"))
                #expect(request.headers.contains { $0.value == "Bearer [redacted]" })
                #expect(!"\(request)".contains("planted"))
                let body = String(decoding: request.body, as: UTF8.self)
                #expect(body.contains("api_request") && body.contains("evt-1"))
                #expect(request.withoutAccount.headers.map(\.name) == ["Content-Type"])
                #expect(!request.withoutAccount.url.contains("://") && request.withoutAccount.body == request.body)
            }
            if case .request(let lago) = preview.destinations[0].result {
                #expect(lago.url == "https://lago.example/api/v1/events")
            }
            #expect(try await store.newestPosition().number() == 0)
        }
    }

    @Test func `says which field cannot be translated, and how to fix it`() async throws {
        let routes = #"""
            {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "K"}}},
             "routes": [{"name": "all", "to": [{"provider": "lago"}]}], "clients": []}
            """#
        let event = CanonicalEvent(name: "n", customerID: "only-a-customer")
        try await withPreviewer(routes) { previewer, _ in
            let preview = try previewer.preview(event, from: client)
            guard case .untranslatable(let reason) = try #require(preview.destinations.first).result else {
                Issue.record("Lago takes no event without a subscription")
                return
            }
            #expect(reason.field == "subscription_id" && reason.message.contains("subscription_id"))
        }
    }

    @Test func `throws what would keep the event from being accepted`() async throws {
        let routes = #"""
            {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "K"}}},
             "routes": [{"name": "one", "match": {"name": "x"}, "to": [{"provider": "lago"}]}], "clients": []}
            """#
        try await withPreviewer(routes) { previewer, _ in
            #expect(throws: EventFault.self) { try previewer.preview(event, from: client) }
        }
    }

    @Test func `says whose bill an event is on in a migration`() async throws {
        let routes = #"""
            {"version": 1, "providers": {
               "lago": {"adapter": "lago", "credential": {"inline": "planted-lago"}, "base_url": "https://lago.example/"},
               "polar": {"adapter": "polar", "credential": {"inline": "planted-polar"}}},
             "routes": [{"name": "all", "to": [{"provider": "lago", "subscription_id": "s"}, {"provider": "polar", "mode": "mirror"}]}],
             "migrations": {"to-polar": {"route": "all", "from": "lago", "to": "polar"}},
             "clients": []}
            """#
        let reader = RoutesReader(vendors: VendorRegistry.all, allowsInlineSecrets: true)
        let current = CurrentRoutes(try reader.read(Array(routes.utf8)).routes)
        try await withTemporaryFolder { folder in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            let previewer = EventPreviewer(Acceptor(store: store, routes: current, clock: SystemWallClock()), current)
            func record(at time: Timestamp) throws -> ProviderOfRecord? {
                let event = CanonicalEvent(name: "api_request", customerID: "customer456", timestamp: time)
                return try previewer.preview(event, from: client).record
            }
            let now = SystemWallClock().now
            #expect(try record(at: now) == ProviderOfRecord(migration: "to-polar", provider: "lago"))
            // All customers move on the first of a month: the next one is at most 31 days away.
            let ordered = now + .seconds(-40 * 86_400)
            let log = MigrationLog([MigrationEntry(number: 1, at: ordered, action: .cut(at: ordered))])
            current.replace(by: MigrationLogs(["to-polar": log], version: 1))
            #expect(try record(at: now) == ProviderOfRecord(migration: "to-polar", provider: "polar"))
            let before = ordered + .milliseconds(-1)
            #expect(try record(at: before) == ProviderOfRecord(migration: "to-polar", provider: "lago"))
            await store.close()
        }
    }
}
