import Events
import JournalFormat
import Randomness
import Testing

@testable import JournalPostgres

/// Which events of a moved chunk a run of deliveries has. One too many would count as delivered and never be sent.
@Suite struct MovedEventsTests {
    /// The accounts that each plan names: account 1 has the plans 1 and 3, account 2 the plans 2 and 3, nobody the plan 4.
    private static let accounts: [UInt64: [Int64]] = [1: [1], 2: [2], 3: [1, 2], 4: []]

    private static func chunk(first: Int64, plans: [UInt32], damage: Bool = false) -> MovedChunk {
        let events = plans.indices.map { TestJournal.event("e\($0)") }
        let encoded = EncodedEvents(events, origins: plans.map { _ in 1 }, plans: plans)
        var builder = ChunkBuilder(first: SequenceNumber(first), capacity: encoded.frames.count)
        builder.append(encoded.frames[...], count: events.count)
        var content = builder.finish()
        if damage { content[content.count / 2] ^= 0x10 }
        return MovedChunk(
            first: first,
            count: Int64(plans.count),
            acceptedFirst: 0,
            acceptedLast: 0,
            accounts: [],
            counts: [],
            content: content
        )
    }

    private static func run(_ account: Int64, _ range: ClosedRange<Int64>, members: [Int64]? = nil) -> MovedOutcomes.Run
    {
        MovedOutcomes.Run(
            account: account,
            first: range.lowerBound,
            last: range.upperBound,
            at: 0,
            latency: 0,
            httpStatus: 200,
            deduplicated: false,
            skipped: false,
            members: members.flatMap { RunMembers($0.map { SequenceNumber($0) }[...])?.encoded }
        )
    }

    private static func events(
        _ chunk: MovedChunk,
        _ run: MovedOutcomes.Run,
        rows: Set<MovedOutcomes.Row> = [],
        isLane: Bool = false
    ) throws(DamagedMembers) -> [Int64] {
        try MovedEvents(chunk).events(of: run, accounts: accounts, rows: rows, isLane: isLane)
    }

    @Test func `has the events whose plan names the account, and that have no row of their own`() throws {
        let chunk = Self.chunk(first: 101, plans: [1, 2, 3, 4, 1, 9])
        #expect(try Self.events(chunk, Self.run(1, 101...106)) == [101, 103, 105])
        #expect(try Self.events(chunk, Self.run(2, 101...106)) == [102, 103])
        #expect(try Self.events(chunk, Self.run(7, 101...106)) == [], "an account that no plan names")
        let rows: Set = [
            MovedOutcomes.Row(account: 1, sequence: 103), MovedOutcomes.Row(account: 2, sequence: 105),
        ]
        #expect(try Self.events(chunk, Self.run(1, 101...106), rows: rows) == [101, 105])
        #expect(try Self.events(chunk, Self.run(2, 101...106), rows: rows) == [102, 103])
    }

    @Test(
        arguments: [
            (90...100, [Int64]()), (90...101, [101]), (100...102, [101, 102]), (102...103, [102, 103]),
            (103...300, [103, 104]),
            (104...104, [104]), (105...300, []), (0...9_000_000_000, [101, 102, 103, 104]),
        ] as [(ClosedRange<Int64>, [Int64])]
    )
    func `has of a run what lies in the chunk`(range: ClosedRange<Int64>, own: [Int64]) throws {
        let chunk = Self.chunk(first: 101, plans: [1, 1, 1, 1])
        #expect(try Self.events(chunk, Self.run(1, range)) == own)
        #expect(try Self.events(chunk, Self.run(1, range), isLane: true) == own)
        #expect(try Self.events(Self.chunk(first: 101, plans: [1, 1, 1, 1], damage: true), Self.run(1, range)) == own)
    }

    @Test func `a lane has all from the first to the last, or those that it names, whatever the plans say`() throws {
        let chunk = Self.chunk(first: 101, plans: [2, 4, 1, 1])
        #expect(try Self.events(chunk, Self.run(1, 101...104), isLane: true) == [101, 102, 103, 104])
        let named = Self.run(1, 101...104, members: [101, 104])
        #expect(try Self.events(chunk, named, isLane: true) == [101, 104])
        #expect(try Self.events(chunk, named) == [101, 104])
        #expect(try Self.events(Self.chunk(first: 101, plans: [2, 4], damage: true), named) == [101])
    }

    @Test(arguments: [[], [0], [0, 16], [255, 255, 1], [0, 2, 1], [0, 0, 1], [0, 2]] as [[UInt8]])
    func `takes no members that are none of the span`(bytes: [UInt8]) throws {
        let chunk = Self.chunk(first: 101, plans: [1, 1])
        let run = MovedOutcomes.Run(
            account: 1,
            first: 101,
            last: 102,
            at: 0,
            latency: 0,
            httpStatus: nil,
            deduplicated: false,
            skipped: false,
            members: bytes
        )
        let isSpan = bytes.count >= 2 && Int(bytes[0]) + Int(bytes[1]) * 256 + bytes.count - 2 <= 512
        if isSpan {
            #expect(try Self.events(chunk, run) == [], "bits of other numbers")
        } else {
            let fault = #expect(throws: DamagedMembers.self) { try Self.events(chunk, run) }
            let text = "the database is damaged: the events of a run of deliveries cannot be read"
            #expect(fault?.description == text)
        }
    }

    /// A chunk whose header names other numbers than its row belongs elsewhere: its plans say nothing about this run.
    @Test func `does not believe the plans of a chunk that is not the one of its row`() throws {
        let other = Self.chunk(first: 201, plans: [2, 2, 2])
        let misplaced = MovedChunk(
            first: 101,
            count: 3,
            acceptedFirst: 0,
            acceptedLast: 0,
            accounts: [],
            counts: [],
            content: other.content
        )
        #expect(try Self.events(misplaced, Self.run(1, 101...103)) == [101, 102, 103])
        let shorter = MovedChunk(
            first: 201,
            count: 2,
            acceptedFirst: 0,
            acceptedLast: 0,
            accounts: [],
            counts: [],
            content: other.content
        )
        #expect(try Self.events(shorter, Self.run(1, 201...202)) == [201, 202])
    }

    @Test(arguments: 1...40)
    func `finds what a search one by one finds`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let first = Int64.random(in: 1...100_000, using: &random)
        let plans = (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt32.random(in: 1...5, using: &random) }
        let chunk = Self.chunk(first: first, plans: plans)
        let last = first + Int64(plans.count) - 1
        for _ in 0..<20 {
            let account = Int64.random(in: 1...3, using: &random)
            let start = Int64.random(in: max(0, first - 10)...(last + 10), using: &random)
            let range = start...(start + Int64.random(in: 0...40, using: &random))
            var rows: Set<MovedOutcomes.Row> = []
            for sequence in range where Int.random(in: 0..<4, using: &random) == 0 {
                let account = Int64.random(in: 1...3, using: &random)
                rows.insert(MovedOutcomes.Row(account: account, sequence: sequence))
            }
            let expected = range.filter { sequence in
                guard sequence >= first, sequence <= last else { return false }
                let named = Self.accounts[UInt64(plans[Int(sequence - first)])] ?? []
                return named.contains(account) && !rows.contains { $0.account == account && $0.sequence == sequence }
            }
            #expect(try Self.events(chunk, Self.run(account, range), rows: rows) == expected)
        }
    }
}
