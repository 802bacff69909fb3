import Events
import Journal
import Parity
import Routing
import Testing

@testable import ParityRuns

/// The journal's events of a window, as a provider should have them.
@Suite struct JournalWindowTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1_000_000))

    private static func journal(_ count: Int, status: DeliveryStatus = .delivered) -> ComparedJournalDouble {
        var journal = ComparedJournalDouble()
        for number in 0..<count { journal.add("e\(number)", at: Int64(number), "{}", status: status) }
        return journal
    }

    @Test(arguments: [(0, true), (10, true), (11, false)])
    func `has all events, unless there are more than are compared at once`(count: Int, isRead: Bool) async throws {
        let read = try await JournalWindow.read(Self.window, from: Self.journal(count), limit: 10)
        #expect((read != nil) == isRead)
        if isRead { #expect(read?.events.count == count && read?.isDamaged == false) }
    }

    @Test func `reads piece after piece`() async throws {
        let journal = Self.journal(JournalWindow.piece + 1)
        let read = try #require(try await JournalWindow.read(Self.window, from: journal, limit: 100_000))
        #expect(read.events.map(\.sequence.rawValue) == Array(1...Int64(JournalWindow.piece + 1)))
    }

    @Test func `says that a part could not be read, whatever the others have`() async throws {
        var journal = Self.journal(JournalWindow.piece + 1)
        journal.damage = [ChunkDamage(first: 1, last: 9, reason: "checksum")]
        let read = try #require(try await JournalWindow.read(Self.window, from: journal, limit: 100_000))
        #expect(read.isDamaged)
    }

    @Test func `has what occurred in it, to the millisecond`() async throws {
        let window = ReadWindow(from: Timestamp(milliseconds: 3), until: Timestamp(milliseconds: 5))
        let read = try #require(try await JournalWindow.read(window, from: Self.journal(10), limit: 10))
        #expect(read.events.map(\.event.id) == ["e3", "e4"])
    }

    // MARK: Deliveries

    private static func expected(_ journal: ComparedJournalDouble, _ lanes: [LaneNumber: any LaneMembership] = [:])
        async throws -> [ExpectedEvent]
    {
        let read = try #require(try await JournalWindow.read(window, from: journal, limit: 1000))
        return read.expected(at: "listed", ListedVendor(shelf: ListedVendor.Shelf()), lanes)
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `expects what was planned for the provider, by its outcome`(status: DeliveryStatus) async throws {
        let events = try await Self.expected(Self.journal(1, status: status))
        guard status != .skipped else {
            #expect(events.isEmpty)
            return
        }
        #expect(events.count == 1 && events[0].state.isDelivered == (status == .delivered))
        #expect(events[0].sent?.id == "e0" && events[0].sent?.name == "api_0")
    }

    @Test func `expects nothing at another provider, and nothing of shadow deliveries`() async throws {
        let journal = Self.journal(3)
        let read = try #require(try await JournalWindow.read(Self.window, from: journal, limit: 10))
        #expect(read.expected(at: "other", ListedVendor(shelf: ListedVendor.Shelf()), [:]).isEmpty)
        var shadow = ComparedJournalDouble()
        shadow.add(
            "e",
            "api",
            at: Timestamp(milliseconds: 1),
            delivery: Delivery(provider: "listed", adapter: "listed", mode: .shadow, status: .skipped)
        )
        #expect(try await Self.expected(shadow).isEmpty)
    }

    /// A lane says what an event is called; of one that is unknown, what was sent is unknown, too.
    @Test func `expects of a lane's event what the lane has sent`() async throws {
        var journal = ComparedJournalDouble()
        journal.add("e0", at: 1, "{}", lane: 7)
        #expect(try await Self.expected(journal, [7: RenamingLane()]).map(\.sent?.name) == ["renamed"])
        let unknown = try await Self.expected(journal)
        #expect(unknown.count == 1 && unknown[0].sent == nil && unknown[0].state.isDelivered)
    }

    @Test func `has the bytes of confirmed events alone`() async throws {
        var journal = Self.journal(2)
        journal.add("e2", at: 9, "{}", status: .uncertain)
        journal.add("e3", at: 9, "{}", lane: 7)
        let read = try #require(try await JournalWindow.read(Self.window, from: journal, limit: 10))
        let vendor = ListedVendor(shelf: ListedVendor.Shelf())
        #expect(Set(read.confirmed(at: "listed", vendor, [:]).keys) == [1, 2])
        #expect(Set(read.confirmed(at: "listed", vendor, [7: RenamingLane()]).keys) == [1, 2, 4])
        let events = read.expected(at: "listed", vendor, [7: RenamingLane()])
        #expect(
            events.map { read.translated($0, at: "listed", vendor, [7: RenamingLane()]) != nil } == [
                true, true, true, true,
            ]
        )
        #expect(read.translated(events[3], at: "listed", vendor, [:]) == nil)
        #expect(read.settings(at: "listed", [:]).count == 1, "all were sent with one")
    }
}
