import Events
import Synchronization
import Testing

@testable import JournalFormat

@Suite struct FrameSubmissionsTests {
    /// Says who has a number, and counts how often it is asked.
    private final class CountingNames: ChunkNames {
        private let asked = Atomic(0)
        var lookups: Int { asked.load(ordering: .relaxed) }

        func origin(_ number: UInt64) throws(ChunkFault) -> EventOrigin {
            asked.wrappingAdd(1, ordering: .relaxed)
            guard number < 3 else { throw .unknownOrigin(number) }
            return EventOrigin(tenant: TenantID("t\(number)"), client: ClientName("c\(number)"))
        }

        func plan(_ number: UInt64) throws(ChunkFault) -> Plan {
            asked.wrappingAdd(1, ordering: .relaxed)
            guard number < 3 else { throw .unknownPlan(number) }
            return Plan(route: RouteName("r\(number)"), destinations: [])
        }
    }

    private static let time = Timestamp(milliseconds: 1_750_000_000_000)
    private let names = CountingNames()

    @Test func `neighbours with the same numbers and time share one`() throws {
        var submissions = FrameSubmissions(names)
        let first = try submissions.submission(origin: 1, plan: 2, at: Self.time)
        let second = try submissions.submission(origin: 1, plan: 2, at: Self.time)
        #expect(first === second)
        #expect(names.lookups == 2)
    }

    @Test func `another time makes another one, of the same sender and plan`() throws {
        var submissions = FrameSubmissions(names)
        let first = try submissions.submission(origin: 1, plan: 2, at: Self.time)
        let later = try submissions.submission(origin: 1, plan: 2, at: Self.time + .milliseconds(1))
        #expect(first !== later && first.plan === later.plan)
        #expect(later.acceptedAt == Self.time + .milliseconds(1))
        #expect(later.tenant == "t1" && later.client == "c1")
        #expect(names.lookups == 2)
    }

    @Test(
        arguments: [(0, 2, "t0", "c0", "r2"), (1, 1, "t1", "c1", "r1"), (2, 0, "t2", "c2", "r0")]
            as [(
                UInt64, UInt64, TenantID, ClientName, RouteName
            )]
    )
    func `other numbers stand for others`(
        origin: UInt64,
        plan: UInt64,
        tenant: TenantID,
        client: ClientName,
        route: RouteName
    ) throws {
        var submissions = FrameSubmissions(names)
        _ = try submissions.submission(origin: 1, plan: 2, at: Self.time)
        let other = try submissions.submission(origin: origin, plan: plan, at: Self.time)
        #expect(other.tenant == tenant && other.client == client && other.plan.route == route)
    }

    @Test func `numbers that stand for nothing are faults, and forget nothing`() throws {
        var submissions = FrameSubmissions(names)
        let first = try submissions.submission(origin: 1, plan: 2, at: Self.time)
        #expect(throws: ChunkFault.unknownOrigin(7)) { try submissions.submission(origin: 7, plan: 2, at: Self.time) }
        #expect(throws: ChunkFault.unknownPlan(7)) { try submissions.submission(origin: 1, plan: 7, at: Self.time) }
        #expect(try submissions.submission(origin: 1, plan: 2, at: Self.time) === first)
    }
}
