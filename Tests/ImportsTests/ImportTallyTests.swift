import Events
import Imports
import JSON
import TestSupport
import Testing

/// What is counted of a file while it is read.
@Suite struct ImportTallyTests {
    private static func row(_ name: String, at seconds: Int, customer: String = "c") -> String {
        #"{"id":"\#(name)-\#(seconds)","name":"\#(name)","customer_id":"\#(customer)","timestamp":\#(seconds)}"#
    }

    @Test func `counts events by name, of the first thousand names`() async throws {
        let most = ImportTally.mostNames
        let rows = (0..<(most + 50)).map { Self.row("n\($0)", at: $0) } + (0..<3).map { Self.row("n0", at: 5000 + $0) }
        let tally = try await ImportFile(rows.joined(separator: "\n"), .ndjson).tally
        #expect(tally.events == most + 53 && tally.names.count == most)
        #expect(tally.names["n0"] == 4 && tally.names["n\(most - 1)"] == 1 && tally.names["n\(most)"] == nil)
        #expect(tally.first?.milliseconds == 0 && tally.last?.milliseconds == 5_002_000)
    }

    @Test func `has no times and no names where nothing is imported`() async throws {
        let tally = try await ImportFile("{}\n[]\n", .ndjson).tally
        #expect(tally.events == 0 && tally.first == nil && tally.last == nil && tally.names == [:])
    }

    /// Every row is an event, left out, or a fault: none is lost without a word.
    @Test(arguments: 0..<10)
    func `counts each row once`(round: Int) async throws {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        var (rows, events, omitted, faults) = (
            [String](), 0, ["events before --from": 0, "events at or after --until": 0], 0
        )
        for number in 1...200 {
            switch Int.random(in: 0...5, using: &random) {
            case 0:
                rows.append(Self.row("", at: number))
                faults += 1
            case 1:
                rows.append(Self.row("n", at: number, customer: ""))
                faults += 1
            case 2:
                rows.append(#"{"name":"n","customer_id":"c","timestamp":"yesterday"}"#)
                faults += 1
            default:
                let seconds = Int.random(in: 0...300, using: &random)
                rows.append(Self.row("n", at: seconds))
                if seconds < 100 {
                    omitted["events before --from", default: 0] += 1
                } else if seconds >= 200 {
                    omitted["events at or after --until", default: 0] += 1
                } else {
                    events += 1
                }
            }
        }
        let read = try await ImportFile(
            rows.joined(separator: "\n"),
            .ndjson,
            from: "1970-01-01T00:01:40Z",
            until: "1970-01-01T00:03:20Z"
        )
        let hint = "seed \(SeededRandom.seed), round \(round)"
        #expect(read.tally.events == events && read.tally.faults == faults, "\(hint)")
        #expect(read.tally.omitted == omitted.filter { $0.value > 0 }, "\(hint)")
        #expect(read.items.count == events + faults, "\(hint)")
    }

    /// The properties of a row are one level deeper in the event that is made of it.
    @Test(arguments: 55...70)
    func `makes an event or a fault of a row of any depth`(depth: Int) async throws {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let row = #"{"id":"1","name":"n","customer_id":"c","timestamp":1,"properties":{"a":\#(deep)}}"#
        let read = try await ImportFile(row, .ndjson)
        #expect(read.items.count == 1)
        if read.tally.events == 1 {
            #expect(JSONDocument(ifValid: Array(read.items[0].utf8)) != nil)
        } else {
            #expect(read.tally.events == 0 && read.items[0].hasPrefix("1: "))
        }
    }

    @Test func `refuses a row whose event is too large, and counts it as a fault`() async throws {
        let large = String(repeating: "x", count: 1 << 20)
        let rows = "name,customer_id,timestamp,note\nn,c,1,\(large)\nn,c,1,small\n"
        let read = try await ImportFile(rows, .csv)
        #expect(read.tally.faults == 1 && read.tally.events == 1, "\(read.items.map { $0.prefix(80) })")
        #expect(read.items[0].hasPrefix("2: the event has ") && read.items[0].hasSuffix("accepts at most 1048576"))
    }

    @Test func `takes a mapped column byte for byte, as rows are read`() async throws {
        let file = "caf\u{E9},name,timestamp\nc,n,1\n"
        let read = try await ImportFile(file, .csv, map: "customer_id=cafe\u{301}")
        #expect(read.items.count == 1)
        #expect(read.items.first?.hasPrefix("--map customer_id=") == true, "told once, not for each row")
        #expect(try await ImportFile(file, .csv, map: "customer_id=caf\u{E9}").tally.events == 1)
    }

    @Test(arguments: ["properties=data", "properties=name"])
    func `maps no properties of a table`(map: String) async throws {
        let read = try await ImportFile("name,customer_id,timestamp\nn,c,1\n", .csv, map: map)
        #expect(read.items == ["--map properties: a table has a column for each property; leave it out"])
    }

    @Test func `makes no property of a column that is a field, whatever its name is`() async throws {
        let file = "Account,customer_id,name,timestamp\nc1,c2,n,1\n"
        let item = try #require(try await ImportFile(file, .csv, map: "customer_id=Account").items.first)
        let event = try JSONDocument(parsing: Array(item.utf8)).root
        #expect(event["customer_id"]?.string == "c1")
        #expect(event["properties"].map { String(decoding: $0.raw, as: UTF8.self) } == #"{"customer_id":"c2"}"#)
    }
}
