import ArgumentParser
import Foundation

/// Measures parts of the gateway by themselves, in this process.
struct PartsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parts",
        abstract: "Measure reading, translating and storing by themselves, without HTTP."
    )

    @Option(help: "Seconds a part.")
    var seconds = 1.0

    @Flag(help: "Print the page as JSON.")
    var json = false

    mutating func validate() throws {
        guard seconds > 0, seconds <= 60 else { throw ValidationError("--seconds is a number up to 60") }
    }

    func run() async throws {
        try await Scratch.with { try await run(in: $0) }
    }

    private func run(in scratch: Scratch) async throws {
        let sample = try EventSample()
        let texts = TextParts(sample: sample, seconds: seconds)
        let stores = StoreParts(sample: sample, seconds: seconds, folder: scratch.folder)
        var rows = [try texts.scanRow(), texts.readRow()]
        rows += try texts.translateRows()
        rows.append(try await stores.appendRow(.appendSingle, eventsPerRequest: 1, requests: 64))
        rows.append(try await stores.appendRow(.appendBatch, eventsPerRequest: 100, requests: 16))
        rows.append(try await stores.settleRow())
        rows.append(try await stores.intendRow())
        let conditions =
            "\(seconds) s a part, with events of \(sample.eventBytes) bytes; reading and translating on one core"
        let page = Page(conditions: conditions, rows: rows, failures: [:])
        print(json ? try page.json : page.text)
    }
}

/// The parts, in their order.
enum PartName: String {
    case scan, read, lago, polar, flexprice, knetik
    case appendSingle = "append-1"
    case appendBatch = "append-100"
    case settle, intend
}

/// What a part took.
struct PartTime {
    let events: Int
    let time: Duration

    /// Repeats `body`, which handles some events and returns their number, until the time has passed.
    static func measure(seconds: Double, _ body: () throws -> Int) rethrows -> PartTime {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        var events = 0
        repeat { events += try body() } while ContinuousClock.now < end
        return PartTime(events: events, time: ContinuousClock.now - start)
    }

    var rate: Double { Double(events) / (time / .seconds(1)) }

    var figures: [Figure] { [Figure("", rate, "events/s"), Figure("", 1e9 / rate, "ns/event")] }

    /// - Parameter eventBytes: what an event has in the text that was worked on.
    func figures(eventBytes: Int) -> [Figure] {
        figures + [Figure("", rate * Double(eventBytes) / 1e6, "MB/s")]
    }
}
