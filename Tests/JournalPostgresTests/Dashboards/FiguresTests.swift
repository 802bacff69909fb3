import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct FiguresTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func step(_ number: Int, _ text: String, seconds: Int = 10) -> StepFigures {
        StepFigures(seconds: seconds, start: start + .seconds(number * seconds), content: Array(text.utf8))
    }

    private func texts(_ rows: [KeptFigures]) -> [String] {
        rows.map { "\($0.gatewayName) \(String(decoding: $0.figures.content, as: UTF8.self))" }
    }

    @Test func `every gateway reads what all have counted, in the order of the steps`() async throws {
        let journal = try await TestJournal { $0.nodeName = "east" }
        let first = try await journal.open()
        var settings = journal.settings
        settings.nodeName = "west"
        let second = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        try await first.keep([Self.step(1, "b"), Self.step(0, "a"), Self.step(0, "minute", seconds: 60)])
        try await second.keep([Self.step(1, "c")])
        try await first.keep([])
        let all = try await second.figures(ofSteps: 10, from: Self.start, limit: 9)
        #expect(Set(texts(all)) == ["east a", "east b", "west c"] && texts(all).first == "east a")
        #expect(all.map(\.figures.start) == [0, 10, 10].map { Self.start + .seconds($0) })
        #expect(Set(all.map(\.gateway)).count == 2)
        #expect(texts(try await first.figures(ofSteps: 60, from: Self.start, limit: 9)) == ["east minute"])
        #expect(try await first.figures(ofSteps: 10, from: Self.start + .seconds(1), limit: 9).count == 2)
        #expect(try await first.figures(ofSteps: 10, from: Self.start, limit: 1).count == 1)
        await first.close()
        await second.close()
    }

    @Test func `what a gateway says again replaces what it has said, and what is old is removed`() async throws {
        let journal = try await TestJournal { $0.nodeName = "east" }
        let store = try await journal.open()
        try await store.keep([Self.step(0, "a"), Self.step(1, "b"), Self.step(0, "m", seconds: 60)])
        try await store.keep([Self.step(1, "c")])
        try await store.removeFigures(ofSteps: 10, before: Self.start + .seconds(10))
        #expect(texts(try await store.figures(ofSteps: 10, from: Self.start, limit: 9)) == ["east c"])
        #expect(try await store.figures(ofSteps: 60, from: Self.start, limit: 9).count == 1)
        await store.close()
    }
}
