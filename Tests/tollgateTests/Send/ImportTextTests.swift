import ArgumentParser
import Events
import Foundation
import Testing

@testable import Imports
@testable import tollgate

/// What `tollgate import` prints of a file.
@Suite struct ImportTextTests {
    private func tally(_ names: [(String, Int)], omitted: [(String, Int)] = []) -> ImportTally {
        let tally = ImportTally()
        var seconds: Int64 = 0
        for (name, count) in names {
            for _ in 0..<count {
                tally.count(ImportedEvent(name: name, timestamp: Timestamp(milliseconds: seconds * 1000)))
                seconds += 1
            }
        }
        for (reason, count) in omitted { for _ in 0..<count { tally.omit(reason) } }
        return tally
    }

    private static let window = ", from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:05.000Z"

    @Test func `counts events by name, the commonest first, and says what is left out and why`() {
        let tally = tally([("b", 1), ("a", 1), ("call", 4)], omitted: [("events before --from", 2), ("another", 1)])
        #expect(
            ImportText.summary(tally, known: 3, faults: 7) == [
                "6 events" + Self.window, "  call: 4", "  a: 1", "  b: 1",
                "3 left out: the journal has them already, with the same ID and customer or subscription; a backfill sends those",
                "1 left out: another", "2 left out: events before --from", "7 rows cannot be imported",
                "nothing was sent",
            ]
        )
    }

    @Test func `says that the journal was not asked, and nothing of it where it has nothing`() {
        #expect(
            ImportText.summary(ImportTally(), known: nil, faults: 0) == [
                "0 events", "the journal was not asked which of them it has already: there is no client key",
                "0 rows cannot be imported", "nothing was sent",
            ]
        )
        #expect(
            ImportText.summary(ImportTally(), known: 0, faults: 0)
                == ["0 events", "0 rows cannot be imported", "nothing was sent"]
        )
    }

    @Test(arguments: [49, 50, 51, 200])
    func `lists fifty names and counts the others`(count: Int) {
        let names = (0..<count).map { ("n" + String(repeating: "0", count: 3 - "\($0)".count) + "\($0)", 1) }
        let lines = ImportText.summary(tally(names), known: 0, faults: 0)
        let listed = lines.filter { $0.hasPrefix("  n") }
        #expect(listed == names.prefix(50).map { "  \($0.0): 1" })
        #expect(lines.contains("  and \(count - 50) more names") == (count > 50))
    }

    // MARK: - One event

    private func read(_ bytes: Data) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "event-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }  // Safe: what is left behind does no harm.
        try bytes.write(to: file)
        return try EventInput.parse([file.path]).read()
    }

    @Test func `reads one event up to 32 MiB, byte for byte`() throws {
        #expect(try read(Data()) == [])
        #expect(try read(Data([0xFF, 0x00, 0x0A])) == [0xFF, 0x00, 0x0A])
        #expect(try read(Data(count: 32 << 20)).count == 32 << 20)
        let fault = #expect(throws: ValidationFailure.self) { try Self.named { try read(Data(count: (32 << 20) + 1)) } }
        #expect(fault?.message.hasSuffix("\" has more than 32 MiB; it must be one event") == true)
    }

    @Test func `says which file cannot be read`() {
        let fault = #expect(throws: ValidationFailure.self) {
            try Self.named { try EventInput.parse(["/nowhere/event"]).read() }
        }
        #expect(fault?.message == "\"/nowhere/event\" cannot be read")
        let folder = #expect(throws: ValidationFailure.self) { try Self.named { try EventInput.parse(["/"]).read() } }
        #expect(folder?.message == "\"/\" cannot be read")
    }

    /// A fault with the message that the command prints of it.
    private struct ValidationFailure: Error {
        let message: String
    }

    private static func named(_ work: () throws -> [UInt8]) throws {
        do {
            _ = try work()
        } catch {
            throw ValidationFailure(message: EventInput.message(for: error))
        }
    }
}
