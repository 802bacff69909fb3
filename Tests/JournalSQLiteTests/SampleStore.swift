import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import Logging
import Randomness

/// A store and its events for the tests of this target.
enum SampleStore {
    static let own = Plan(route: nil, destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)])
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func open(
        _ folder: URL,
        _ settings: SQLiteStoreSettings = SQLiteStoreSettings(),
        announce: @escaping CommitAnnouncement = { wake in wake() }
    ) throws -> SQLiteEventStore {
        var settings = settings
        // A busy machine takes its time.
        settings.searchPatience = .seconds(300)
        return try SQLiteEventStore(opening: folder, settings: settings, announce: announce, logger: logger)
    }

    static func event(_ id: Int, properties: String? = nil) -> AcceptedEvent {
        let now = Timestamp(milliseconds: 1_750_000_000_000)
        return AcceptedEvent(
            CanonicalEvent(
                name: "api_request",
                customerID: "c",
                timestamp: now,
                properties: properties.map { JSONText(checked: $0) }
            ),
            id: EventID("event-\(id)"),
            in: Submission(tenant: "shop", client: "web", acceptedAt: now, plan: own)
        )
    }

    /// Letters that no packing makes fewer.
    static func noise(_ count: Int) -> String {
        var generator = SplitMix(seed: 1)
        return String(decoding: (0..<count).map { _ in UInt8.random(in: 97...122, using: &generator) }, as: UTF8.self)
    }

    static func append(_ ids: ClosedRange<Int>, to store: SQLiteEventStore) async throws -> [AppendResult] {
        try await store.append(AppendRequest(events: ids.map { event($0) }, policy: .each))
    }
}
