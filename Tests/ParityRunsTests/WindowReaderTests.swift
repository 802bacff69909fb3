import Events
import Parity
import Routing
import Synchronization
import Testing

@testable import ParityRuns

/// How a window is read of a vendor that pages, that does not, that shows too much, or nothing.
@Suite struct WindowReaderTests {
    private static func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
    }

    private static func row(_ time: Int64) -> WindowRow {
        WindowRow(
            key: "r\(time)",
            event: VendorEvent(id: "e\(time)", name: "api", timestamp: Timestamp(milliseconds: time))
        )
    }

    /// A vendor that has one row for each of some milliseconds, and shows so many a page.
    private static func shelf(_ times: [Int64], page: Int = 1000) -> ScriptedReader {
        var reader = ScriptedReader()
        reader.onCount = { window in .done(times.count { window.contains(Timestamp(milliseconds: $0)) }) }
        reader.onEvents = { window, cursor in
            let rows = times.filter { window.contains(Timestamp(milliseconds: $0)) }.map(row)
            let start = cursor.flatMap { Int($0) } ?? 0
            let end = min(rows.count, start + page)
            return .done(
                WindowPage(
                    rows: Array(rows[start..<end]),
                    total: rows.count,
                    next: end < rows.count ? .page("\(end)") : .end
                )
            )
        }
        return reader
    }

    private static func reader(
        _ answers: ScriptedReader,
        limit: Int = 100,
        lists: ListTraits = ListTraits(pageSize: 10),
        asking: ImmediateAsking = ImmediateAsking()
    ) throws -> WindowReader {
        try WindowReader(asking, try ScriptedVendor(answers, lists: lists).provider(), limit: limit)
    }

    private static func times(_ rows: [WindowRow]) -> [Int64] { rows.map(\.event.timestamp.milliseconds) }

    @Test func `reads page after page, and counts once more`() async throws {
        var reader = try Self.reader(Self.shelf([1, 2, 3, 4, 5], page: 2))
        let rows = try await reader.rows(in: Self.window(0, 10), [])
        #expect(Self.times(rows) == [1, 2, 3, 4, 5] && reader.calls == 4)
    }

    @Test func `reads one page without counting`() async throws {
        var reader = try Self.reader(Self.shelf([1, 2, 3]))
        let rows = try await reader.rows(in: Self.window(0, 3), [])
        #expect(Self.times(rows) == [1, 2] && reader.calls == 1)
    }

    @Test func `counts the requests of an answer that takes several`() async throws {
        var answers = Self.shelf([])
        answers.onCount = { _ in VendorInquiry.done(7).behind(3) }
        var reader = try Self.reader(answers)
        let count = try await reader.count(Self.window(0, 10))
        #expect(count == 7 && reader.calls == 3)
    }

    @Test func `reads halves of a window with more rows than are compared at once, and says which is too large`()
        async throws
    {
        let times = Array(Int64(0)..<8)
        var reader = try Self.reader(Self.shelf(times), limit: 4)
        let error = await #expect(throws: WindowReader.Failure.self) {
            try await reader.rows(in: Self.window(0, 8), [])
        }
        // Each half fits, and both together are too many.
        #expect(error == .tooLarge && reader.calls == 3)
    }

    @Test func `says that a millisecond has too many events`() async throws {
        var answers = ScriptedReader()
        answers.onEvents = { _, _ in .done(WindowPage(rows: [], total: 1_000_000, next: .end)) }
        var reader = try Self.reader(answers)
        let error = await #expect(throws: WindowReader.Failure.self) {
            try await reader.rows(in: Self.window(7, 8), [])
        }
        #expect(error == .unreadable("Scripted has more events at 1970-01-01T00:00:00.007Z than it lists at once"))
    }

    @Test func `says that a list did not hold still`() async throws {
        var answers = ScriptedReader()
        answers.onEvents = { _, _ in .done(WindowPage(rows: [], total: 1, next: .end)) }
        var reader = try Self.reader(answers)
        let error = await #expect(throws: WindowReader.Failure.self) {
            try await reader.rows(in: Self.window(0, 10), [])
        }
        #expect(error == .unreadable("Scripted's list changed while it was read; run the comparison again later"))
        #expect(reader.calls == 3)
    }

    // MARK: Without pages

    private static let unpaged = ListTraits(pageSize: 10, isPaged: false)

    @Test func `reads slices that leave room for some rows more where there are no pages`() async throws {
        let times = Array(Int64(0)..<20)
        var reader = try Self.reader(Self.shelf(times), lists: Self.unpaged)
        let rows = try await reader.rows(in: Self.window(0, 20), times.map { Timestamp(milliseconds: $0) })
        // Nine of ten: three slices.
        #expect(Self.times(rows) == times && reader.calls == 3)
    }

    @Test func `divides a slice that has more than the vendor lists at once`() async throws {
        let windows = Mutex<[ReadWindow]>([])
        let shelf = Self.shelf(Array(Int64(0)..<8))
        var answers = shelf
        answers.onEvents = { window, cursor in
            windows.withLock { $0.append(window) }
            return window.milliseconds > 4
                ? .done(WindowPage(rows: [], total: 8, next: .narrower)) : shelf.onEvents(window, cursor)
        }
        var reader = try Self.reader(answers, lists: Self.unpaged)
        let rows = try await reader.rows(in: Self.window(0, 8), [])
        #expect(Self.times(rows) == Array(0..<8))
        #expect(windows.withLock { $0 } == [Self.window(0, 8), Self.window(0, 4), Self.window(4, 8)])
    }

    @Test func `gives up a list of slices with more rows than are compared at once`() async throws {
        let times = Array(Int64(0)..<20)
        var reader = try Self.reader(Self.shelf(times), limit: 15, lists: Self.unpaged)
        let error = await #expect(throws: WindowReader.Failure.self) {
            try await reader.rows(in: Self.window(0, 20), times.map { Timestamp(milliseconds: $0) })
        }
        #expect(error == .tooLarge && reader.calls == 2)
    }

    // MARK: Failures

    private static let fault = DeliveryFault(code: .unauthorized, message: "Scripted (401) refuses the key")

    @Test(
        arguments: [
            (.failed(fault), .unreadable("Scripted (401) refuses the key")),
            (.unsupported("ask for days"), .unreadable("ask for days")),
            (.unsupported(nil), .unreadable("Scripted cannot answer that")),
        ] as [(VendorInquiry<Int>, WindowReader.Failure)]
    )
    func `says why the vendor gave no answer`(answer: VendorInquiry<Int>, failure: WindowReader.Failure) async throws {
        var answers = ScriptedReader()
        answers.onCount = { _ in answer }
        var reader = try Self.reader(answers)
        let error = await #expect(throws: WindowReader.Failure.self) { try await reader.count(Self.window(0, 1)) }
        #expect(error == failure)
    }

    @Test func `ends when its task is cancelled`() async throws {
        var reader = try Self.reader(Self.shelf([1]), asking: ImmediateAsking(isPatient: false))
        let error = await #expect(throws: WindowReader.Failure.self) {
            try await reader.rows(in: Self.window(0, 9), [])
        }
        #expect(error == .cancelled)
    }

    @Test func `is not made for a vendor that shows no events`() throws {
        var blind = ScriptedReader()
        blind.abilities = [.find]
        for vendor in [ScriptedVendor(blind), ScriptedVendor(nil)] {
            let provider = try vendor.provider()
            let error = #expect(throws: WindowReader.Failure.self) {
                try WindowReader(ImmediateAsking(), provider, limit: 1)
            }
            #expect(error == .unreadable("Scripted shows no events"))
        }
    }
}
