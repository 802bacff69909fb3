import DeliveryEngine
import Events
import Journal
import Routing

/// Looks for events in the journal by the identity that an application or a vendor knows them by.
///
/// An event is known to a vendor by what it was sent with: an ID with the prefix of its destination or its tenant, and the customer and
/// the subscription that templates made.
struct KnownEventSearch {
    /// What tells an event from others, as it was accepted or as it was sent to a vendor.
    struct Face {
        var id: String
        var customerID: String?
        var subscriptionID: String?
        var source: String?
        var timestamp: Timestamp

        /// As the event was accepted.
        init(_ event: AcceptedEvent) {
            id = event.id.rawValue
            customerID = event.customerID
            subscriptionID = event.subscriptionID
            source = event.source
            timestamp = event.timestamp
        }

        /// As a vendor shows what was sent.
        mutating func show(_ event: VendorEvent) {
            customerID = event.customerID
            subscriptionID = event.subscriptionID
            source = event.source
            timestamp = event.timestamp
        }

        /// Whether an identity is the event's. What the event does not have tells nothing, but something beside the ID must be equal if
        /// anything beside it is given.
        func has(_ identity: KnownEventsBody.Identity) -> Bool {
            guard id.utf8.elementsEqual(identity.id.utf8) else { return false }
            let given = [
                (customerID, identity.customerID), (subscriptionID, identity.subscriptionID), (source, identity.source),
            ].filter { $0.1 != nil }
            let compared = given.compactMap { own, given in
                own.flatMap { own in given.map { own.utf8.elementsEqual($0.utf8) } }
            }
            guard compared.allSatisfy(\.self) else { return false }
            if let time = identity.timestamp { return Self.second(time) == Self.second(timestamp) }
            return given.isEmpty || !compared.isEmpty
        }

        /// Some vendors show whole seconds.
        private static func second(_ time: Timestamp) -> Int64 {
            time.milliseconds >= 0 ? time.milliseconds / 1000 : (time.milliseconds - 999) / 1000
        }
    }

    /// An event that the journal has.
    struct Known: Sendable, Equatable {
        let id: EventID
        let scope: String
    }

    private let journal: any IngressJournal
    /// The vendor that knows the events so; nil: the application does.
    private let adapter: (any Adapter)?
    private let tenant: TenantID
    /// What stands in front of IDs at the vendor.
    private let prefixes: [String]
    /// Of the backfills that sent some of the events; nil: it is not known any more.
    private var lanes: [LaneNumber: (any LaneMembership)?] = [:]

    /// Identities that are looked up with one read.
    private static let identitiesPerRead = 100

    /// No ID of an event has more.
    private static let mostIDBytes = 255

    init(_ journal: any IngressJournal, sentTo adapter: (any Adapter)?, by routes: Routes, of tenant: TenantID) {
        self.journal = journal
        self.adapter = adapter
        self.tenant = tenant
        let name = adapter?.traits.adapter
        let configured = routes.routes.flatMap(\.destinations).map(\.destination).filter { $0.adapter == name }
            .compactMap { $0.settings.text(DestinationSettings.idPrefix) }
        prefixes = name == nil ? [] : Set(["\(tenant)/"] + configured + configured.map { "\(tenant)/\($0)" }).sorted()
    }

    /// The events with these identities; nil where the journal has none.
    mutating func events(with identities: [KnownEventsBody.Identity]) async throws(StoreError) -> [Known?] {
        var found: [Known?] = []
        var rest = identities[...]
        while !rest.isEmpty {
            try await find(rest.prefix(Self.identitiesPerRead), &found)
            rest = rest.dropFirst(Self.identitiesPerRead)
        }
        return found
    }

    /// Finds events with one read, or with several if they are too large for one.
    private mutating func find(
        _ identities: ArraySlice<KnownEventsBody.Identity>,
        _ found: inout [Known?]
    ) async throws(StoreError) {
        let candidates = identities.map { self.candidates(for: $0.id) }
        let known: [[UInt8]: [ArchivedEvent]]
        do throws(StoreError) {
            known = try await events(withIDs: candidates.flatMap(\.self))
        } catch {
            guard error == .unfinishedRead, identities.count > 1 else { throw error }
            let middle = identities.startIndex + identities.count / 2
            try await find(identities[..<middle], &found)
            return try await find(identities[middle...], &found)
        }
        for (identity, ids) in zip(identities, candidates) {
            found.append(try await event(with: identity, among: ids.flatMap { known[Array($0.utf8)] ?? [] }))
        }
    }

    /// By the bytes of their IDs.
    private func events(withIDs ids: [String]) async throws(StoreError) -> [[UInt8]: [ArchivedEvent]] {
        let events = try await journal.events(withIDs: ids.map { EventID($0) }, of: tenant)
        return Dictionary(grouping: events) { Array($0.event.id.rawValue.utf8) }
    }

    /// The first of some events that has an identity.
    private mutating func event(
        with identity: KnownEventsBody.Identity,
        among events: [ArchivedEvent]
    ) async throws(StoreError) -> Known? {
        for archived in events {
            for face in try await faces(of: archived) where face.has(identity) {
                return Known(id: archived.event.id, scope: archived.event.idScope)
            }
        }
        return nil
    }

    /// The IDs of events that a vendor may know by this one. Compares bytes: a letter that is composed with a slash is no slash to `String`.
    private func candidates(for id: String) -> [String] {
        guard adapter != nil else { return [id] }
        var found = [id.utf8[...]]
        for prefix in prefixes where id.utf8.starts(with: prefix.utf8) {
            found.append(id.utf8.dropFirst(prefix.utf8.count))
        }
        // An ID that is unique within a scope has the scope in front, up to the first slash.
        for text in found {
            if let slash = text.firstIndex(of: UInt8(ascii: "/")) { found.append(text[text.index(after: slash)...]) }
        }
        let ids = Set(found.map { String(decoding: $0, as: UTF8.self).exact })
        return ids.filter { !$0.rawValue.isEmpty && $0.rawValue.utf8.count <= Self.mostIDBytes }.sorted {
            let (bytes, others) = ($0.rawValue.utf8.count, $1.rawValue.utf8.count)
            return bytes == others ? $0 < $1 : bytes > others
        }.map(\.rawValue)
    }

    /// How the vendor knows an event; how the application does where it was never sent to the vendor.
    private mutating func faces(of archived: ArchivedEvent) async throws(StoreError) -> [Face] {
        let event = archived.event
        var faces: [Face] = []
        if let adapter {
            for delivery in archived.deliveries
            where delivery.adapter == adapter.traits.adapter && delivery.mode != .shadow {
                guard let destination = try await destination(of: delivery, of: event) else { continue }
                let sent: TranslatedEvent
                // What cannot be translated was never sent.
                do { sent = try adapter.translate(event, for: destination) } catch { continue }
                var face = Face(event)
                face.id = sent.identity
                if let shown = adapter.reader?.echo(of: sent) { face.show(shown) }
                faces.append(face)
            }
        }
        return faces.isEmpty ? [Face(event)] : faces
    }

    private mutating func destination(of delivery: Delivery, of event: AcceptedEvent) async throws(StoreError)
        -> Destination?
    {
        guard let number = delivery.lane, delivery.amendments.isEmpty else {
            return delivery.destination(in: event.plan)
        }
        if let known = lanes[number] { return known?.destination(for: event) }
        let membership = try await journal.lane(number).flatMap { BackfillMembership(of: $0) }
        lanes.updateValue(membership, forKey: number)
        return membership?.destination(for: event)
    }
}
