import Events
import Foundation
import Journal
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

/// What the search index tells of a window's events: nothing that is in the window may lie outside.
@Suite struct WindowIndexTests {
    /// A journal of which segments cover some stretches.
    private struct Sample {
        let names: NameTable
        let events: [Int64: AcceptedEvent]
        let segments: [ColumnSegment]
        let newest: Int64
    }

    private static func makeSample(_ random: inout SplitMix) throws -> Sample {
        let journal = try MemoryJournal()
        var events: [Int64: AcceptedEvent] = [:]
        var segments: [ColumnSegment] = []
        var (next, start): (Int64, Int64) = (1, 1)
        var waiting: [[UInt8]] = []
        for _ in 0..<Int.random(in: 3...12, using: &random) {
            // Retention has removed some before the segment was made.
            next += Int64.random(in: 0...2, using: &random)
            let base = Int64.random(in: 0...300, using: &random)
            let tenant: TenantID = Bool.random(using: &random) ? "a" : "b"
            let chunk = (0..<Int.random(in: 1...5, using: &random)).map { number in
                let time = base + Int64.random(in: 0...20, using: &random)
                return MemoryJournal.event(Int(next) + number, tenant: tenant, occurred: time)
            }
            waiting.append(try journal.append(chunk, first: next))
            for (offset, event) in chunk.enumerated() { events[next + Int64(offset)] = event }
            next += Int64(chunk.count)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                segments.append(
                    try SampleSegment.make(waiting, covering: start...(next - 1), journal.names.current)
                )
                (waiting, start) = ([], next)
            case 1: (waiting, start) = ([], next)
            default: break
            }
        }
        return Sample(names: journal.names.current, events: events, segments: segments, newest: next - 1)
    }

    private static func columns(in folder: URL) throws -> ColumnIndex {
        try ColumnIndex(
            folder: folder,
            unit: 10,
            key: MemoryJournal.key,
            names: JournalNames(NameTable(hash: MemoryJournal.hash)),
            removed: SequenceRanges(),
            retryPause: .seconds(30),
            logger: MemoryJournal.logger
        )
    }

    @Test(arguments: 1...40)
    func `has each event of the window once, or does not know the stretch that it is in`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var random = SplitMix(seed: seed)
            let (sample, columns) = (try Self.makeSample(&random), try Self.columns(in: folder))
            for _ in 0..<12 {
                let from = Int64.random(in: -10...330, using: &random)
                let tenant: TenantID? = [nil, "a", "b"].randomElement(using: &random)!
                let window = RecordedWindow(
                    clock: .occurred,
                    from: Timestamp(milliseconds: from),
                    until: Timestamp(milliseconds: from + Int64.random(in: 0...200, using: &random)),
                    tenant: tenant
                )
                let number = tenant.map { sample.names.number(of: $0) ?? 77 }
                var index = WindowIndex(window, sample.segments.shuffled(using: &random), tenant: number)
                var next = Int64.random(in: 1...5, using: &random)
                while next <= sample.newest {
                    let region = try index.region(from: next, through: sample.newest, discarding: columns)
                    try #require(region.last >= next && region.last <= sample.newest)
                    let range = next...region.last
                    let inside = sample.events.filter { range.contains($0.key) && window.contains($0.value) }
                    switch region.content {
                    case .unknown: break
                    case .outside: #expect(inside.isEmpty, "\(range), seed \(seed)")
                    case .rows(let rows):
                        let found = rows.matching.filter { range.contains($0) }
                        #expect(found == inside.keys.sorted(), "\(range), seed \(seed)")
                    }
                    next = region.last + 1
                }
            }
        }
    }

    @Test func `tells of a chunk whether the segment has all of its events`() throws {
        let journal = try MemoryJournal()
        let chunks = try [1, 8].map { first in
            try journal.append((0..<3).map { MemoryJournal.event(Int(first) + $0) }, first: Int64(first))
        }
        let columns = try SampleSegment.make(chunks, covering: 1...12, journal.names.current).open()
        let rows = IndexedRows(columns: columns, rows: .none, sequences: try columns.sequences())
        for range in [1...3, 8...10, 2...2] as [ClosedRange<Int64>] { #expect(rows.hasAll(range)) }
        for range in [1...4, 4...7, 7...10, 11...12, 3...8] as [ClosedRange<Int64>] { #expect(!rows.hasAll(range)) }
        #expect(!rows.areAll && rows.matching.isEmpty)
    }

    @Test func `knows nothing by the clock of acceptance, and of a window of no time`() async throws {
        try await withTemporaryFolder { folder in
            let columns = try Self.columns(in: folder)
            let segment = try SampleSegment.full(1...5)
            let time = Timestamp(milliseconds: 990)
            for window in [
                RecordedWindow(clock: .accepted, from: time, until: time + .seconds(1)),
                RecordedWindow(clock: .occurred, from: time, until: time),
                RecordedWindow(clock: .occurred, from: time + .seconds(1), until: time),
            ] {
                var index = WindowIndex(window, [segment], tenant: nil)
                let region = try index.region(from: 1, through: 9, discarding: columns)
                guard case .unknown = region.content else {
                    Issue.record("\(window)")
                    continue
                }
                #expect(region.last == 9)
            }
        }
    }

    @Test func `a segment that cannot be read is a stretch that must be looked at`() async throws {
        try await withTemporaryFolder { folder in
            let columns = try Self.columns(in: folder.appending(path: "columns"))
            let file = folder.appending(path: "1-40.columns")
            let image = try #require(try SampleSegment.full(1...40).image)
            try Data(image).write(to: file)
            let segment = try ColumnSegment(opening: file, keyCheck: SampleSegment.keyCheck)
            try Data(image.prefix(ColumnHeader.bytes)).write(to: file)
            // Events 1 to 40 occurred at 999 to 960.
            let window = RecordedWindow(
                clock: .occurred,
                from: Timestamp(milliseconds: 970),
                until: Timestamp(milliseconds: 980)
            )
            var index = WindowIndex(window, [segment], tenant: nil)
            for _ in 0..<2 {
                let region = try index.region(from: 11, through: 60, discarding: columns)
                guard case .unknown = region.content else {
                    Issue.record("the segment was believed")
                    return
                }
                #expect(region.last == 60)
            }
        }
    }
}
