import Foundation
import Randomness

/// The books themselves, which are told the time.
struct Ledger: Sendable {
    var settings: SimulatorSettings
    private let container: String
    private(set) var table = RowTable()
    private(set) var byTime: RowLists
    private(set) var byArrival = RowLists(order: .arrivalThenIDDownward)
    private(set) var postings = Postings()
    private(set) var families = Families()
    private(set) var planting = Planting()
    private(set) var received = 0
    private(set) var billed = 0
    private var due = DueChanges()
    /// The rows that are billed, by identity.
    private var identities: [Fingerprint: Int32] = [:]
    /// The parents that rows name.
    private var parentNames: [Int32: String] = [:]
    let vendorIDs = VendorIDs(salt: .random(in: 0 ... .max))

    init(order: RowLists.Order, container: String, settings: SimulatorSettings) {
        byTime = RowLists(order: order)
        self.container = container
        self.settings = settings
    }

    func has(_ identity: String) -> Bool { identities[Fingerprint(identity)] != nil }

    /// - Returns: the event's row, and whether one of this identity is stored already.
    mutating func record(_ arrival: Books.Arrival) -> (row: Int32, isRepeat: Bool) {
        settle(at: arrival.at)
        received += 1
        let identity = arrival.identity.map { Fingerprint($0) }
        let stored = identity.flatMap { identities[$0] }
        if stored != nil, arrival.winner == .first {
            return (table.add(arrival, arrival.event, in: container, isReceived: true), true)
        }
        let kind = arrival.identity ?? arrival.id
        let happening =
            kind.isEmpty
            ? nil : planting.happening(to: arrival.id, Fingerprint(kind), isStored: stored != nil, settings.odds)
        let event = happening == .altered ? arrival.event.altered(in: container, id: arrival.id) : arrival.event
        let row = table.add(arrival, event, in: container, isReceived: true)
        guard happening != .lost else { return (row, false) }
        if let stored {
            table[stored].isBilled = false
            billed -= 1
        }
        if let identity { identities[identity] = row }
        store(row, arrival, event)
        if happening == .doubled {
            store(table.add(arrival, event, in: container, isReceived: false), arrival, event)
        }
        return (row, stored != nil)
    }

    /// Adds an event that is billed to the lists.
    private mutating func store(_ row: Int32, _ arrival: Books.Arrival, _ event: SandboxJSON) {
        table[row].isBilled = true
        billed += 1
        if !arrival.id.isEmpty { post(row, arrival.id) }
        for key in arrival.keys(event) { postings.add(key, row: row) }
        if let parent = arrival.parent { parentNames[row] = parent }
        let delay = settings.visibleAfter
        guard delay.upperBound > 0 else {
            show(row, at: arrival.at)
            return
        }
        var generator = SplitMix(seed: settings.odds.seed &+ UInt64(row))
        let wait = Int.random(in: delay, using: &generator)
        due.plan(.show(row), at: arrival.at.addingTimeInterval(Double(wait) / 1000))
    }

    /// Indexes a row by its ID, and marks rows that share it.
    private mutating func post(_ row: Int32, _ id: String) {
        let key = SearchKey("id", id)
        guard postings.add(key, row: row) > 1 else { return }
        table[row].sharesID = true
        if let other = postings.first(key, where: { $0 != row }) { table[other].sharesID = true }
    }

    /// Carries out what is due.
    mutating func settle(at now: Date) {
        while let (change, time) = due.next(at: now) {
            switch change {
            case .show(let row): show(row, at: time)
            case .hide(let row): hide(row)
            }
        }
    }

    /// Lists a row, unless it waits for its parent; then those that wait for it.
    private mutating func show(_ row: Int32, at time: Date) {
        if let parent = parentNames[row] {
            guard let found = listedRow(called: parent), found != row else {
                families.wait(row, for: parent)
                return
            }
            families.put(row, below: found)
        }
        var rows = [row]
        while let next = rows.popLast() {
            list(next, at: time)
            guard families.isAnyWaiting else { continue }
            for name in names(of: next) {
                for child in families.takeWaiting(for: name) where !table[child].isListed {
                    families.put(child, below: next)
                    rows.append(child)
                }
            }
        }
    }

    /// Makes a row visible in lists, which happens some time after it was received.
    private mutating func list(_ row: Int32, at time: Date) {
        byTime.insert(row, table)
        byArrival.insert(row, table)
        table[row].isListed = true
        guard table[row].merge != .never, let wait = settings.mergeAfter else { return }
        // Those before the last twin were dealt with when that one came.
        let twin = postings.first(SearchKey("id", table[row].entry.id)) { other in
            other != row && table[other].isListed && table.merges(other, with: row)
        }
        guard let twin else { return }
        let older = min(twin, row)
        if wait == 0 { hide(older) } else { due.plan(.hide(older), at: time.addingTimeInterval(Double(wait) / 1000)) }
    }

    /// Removes a row from lists; its identity stays known.
    private mutating func hide(_ row: Int32) {
        guard table[row].isListed else { return }
        byTime.remove(row, table)
        byArrival.remove(row, table)
        table[row].isListed = false
    }

    /// An event may be called by the id that it came with, or by the vendor's own.
    private func names(of row: Int32) -> [String] { [table[row].entry.id, vendorIDs.id(of: row)] }

    /// The visible row with this ID of the vendor or of the application.
    private func listedRow(called name: String) -> Int32? {
        if let row = vendorIDs.row(of: name), row < table.count, table[row].isListed { return row }
        return postings.first(SearchKey("id", name)) { table[$0].isListed }
    }
}
