import Access
import Events
import Foundation
import Testing

@testable import Dashboard

@Suite struct ClientsPageTests {
    private let clients = [
        Client(
            name: "shop",
            tenant: "shop",
            scopes: [.writeEvents, .readEvents],
            limits: ClientLimits(requests: RateLimit(requests: 1000, per: .seconds(60)))
        )
    ]

    private static let idle = ClientsPage.Use(
        requestsPercent: nil,
        eventsPercent: nil,
        reads: (0, 8),
        streams: (0, 20)
    )

    @Test func `says how much of its limits a client uses`() {
        func shown(_ requests: Int?, _ events: Int?) -> String? {
            let use = ClientsPage.Use(
                requestsPercent: requests,
                eventsPercent: events,
                reads: (1, 8),
                streams: (1200, 2000)
            )
            return ClientsPage(clients, [], use: { _ in use }).clients.first?.use
        }
        #expect(shown(nil, nil) == "1 of 8 reads, 1,200 of 2,000 streams")
        #expect(shown(42, 0) == "42% of the requests, 0% of the events, 1 of 8 reads, 1,200 of 2,000 streams")
    }

    /// Runs with a data folder of its own.
    private func administer(_ work: (KeyAdministration) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clients-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await work(KeyAdministration(of: KeyFile(in: folder), for: clients, by: "client ops"))
    }

    @Test func `shows a new key once, and never the other keys`() async throws {
        try await administer { keys in
            let made = try await keys.create(for: "shop", id: "first", term: StoredKeys.Term())
            let page = ClientsPage(clients, try await keys.list(of: nil), made: made, use: { _ in Self.idle })
            #expect(page.made?.key == made.key.reveal() && page.made?.id == "first")
            let row = try #require(page.clients.first)
            #expect(row.scopes == "events:read, events:write" && row.limits == "1,000 requests in 1 min")
            #expect(row.keys.map(\.id) == ["first"] && row.keys.map(\.state) == ["valid"])
            let later = ClientsPage(clients, try await keys.list(of: nil), use: { _ in Self.idle })
            #expect(later.made == nil && !"\(later)".contains(made.key.reveal()))
        }
    }

    @Test func `offers to revoke what is valid and in the data folder`() async throws {
        try await administer { keys in
            _ = try await keys.create(for: "shop", id: "first", term: StoredKeys.Term())
            let rotated = try await keys.rotate("shop", id: "second", overlap: .seconds(3600), term: StoredKeys.Term())
            _ = try await keys.revoke("first")
            let page = ClientsPage(clients, try await keys.list(of: nil), made: rotated, use: { _ in Self.idle })
            let row = try #require(page.clients.first)
            #expect(row.keys.map(\.state) == ["revoked", "valid"])
            #expect(row.keys.map(\.mayRevoke) == [false, true])
            #expect(page.made?.note?.hasPrefix("The previous keys work until ") == true)
        }
    }

    @Test func `says how often a client was refused`() throws {
        func shown(_ limited: Int, _ forbidden: Int) -> String? {
            let page = ClientsPage(clients, [], use: { _ in Self.idle }) { _ in
                ClientsPage.Refused(limited: limited, forbidden: forbidden)
            }
            return page.clients.first?.refused
        }
        #expect(shown(0, 0) == "none since the start")
        #expect(shown(1200, 0) == "1,200 beyond a limit since the start")
        #expect(shown(1, 2) == "1 beyond a limit, 2 forbidden since the start")
    }
}
