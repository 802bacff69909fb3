import Events
import Journal
import Testing

@testable import JournalPostgres

/// Statements of an owner that were given up and sent again, and of which the first try arrives late.
@Suite struct LateTriesTests {
    private static let due = Timestamp(milliseconds: 1000)
    private static let now = Timestamp(milliseconds: 2000)

    /// An owner of an account of a new journal.
    private static func owner() async throws -> (FencedWork, FencedWork.Owner) {
        let journal = try await TestJournal()
        // It makes the tables.
        try await journal.open().close()
        let work = try await FencedWork(journal, connections: 1)
        let connection = work.connections[0]
        try await work.enter(7, over: connection)
        let epoch = try #require(try await work.take(as: 7, over: connection))
        return (work, FencedWork.Owner(epoch: epoch, node: 7, connection: connection))
    }

    @Test func `an outcome that comes late does not free what was claimed again since`() async throws {
        let (work, owner) = try await Self.owner()
        func settle() async throws -> Bool {
            try await work.settle([(1, .retrying)], flying: [], flight: 1, by: owner, due: Self.due)
        }
        #expect(try await settle())
        #expect(try await work.claimDue(at: Self.now, by: owner) == [1])
        #expect(try await settle(), "the lease holds")
        #expect(try await work.claimDue(at: Self.now, by: owner).isEmpty, "a request carries it")
        await work.close()
    }

    @Test func `nor does one whose flight was removed, since there are newer ones`() async throws {
        let (work, owner) = try await Self.owner()
        func settle() async throws -> Bool {
            try await work.settle([(1, .retrying)], flying: [], flight: 1, by: owner, due: Self.due)
        }
        #expect(try await settle())
        #expect(try await work.claimDue(at: Self.now, by: owner) == [1])
        try await work.settle([(2, .delivered)], flying: [3], flight: 2, by: owner)
        try await owner.connection.run(Statement("DELETE FROM flights WHERE number = 1"))
        #expect(try await settle(), "the lease holds")
        #expect(try await work.claimDue(at: Self.now, by: owner).isEmpty, "a request carries it")
        let flying = try await work.takeInterrupted(epoch: owner.epoch, node: owner.node, over: owner.connection)
        #expect(flying == [3])
        await work.close()
    }

    @Test func `what is given back late stays claimed if it was claimed again since`() async throws {
        let (work, owner) = try await Self.owner()
        try await work.settle([(1, .retrying)], flying: [], flight: 1, by: owner, due: Self.due)
        #expect(try await work.claimDue(at: Self.now, by: owner) == [1])
        try await work.unclaim([1], flight: 2, by: owner)
        #expect(try await work.claimDue(at: Self.now, by: owner) == [1])
        try await work.unclaim([1], flight: 2, by: owner)
        #expect(try await work.claimDue(at: Self.now, by: owner).isEmpty, "a request carries it")
        await work.close()
    }
}
