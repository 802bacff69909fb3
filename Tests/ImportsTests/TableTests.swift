import Events
import Imports
import JSON
import Testing

/// Tables and objects with names of their own.
@Suite struct TableTests {
    @Test(arguments: [
        "name,customer_id,timestamp,units,note\ncall,c1,2026-10-01T10:00:00Z,1.50,\"a, \"\"b\"\"\nc\"\n",
        "\u{FEFF}name;customer_id;timestamp;units;note\r\ncall;c1;2026-10-01T10:00:00Z;1.50;\"a, \"\"b\"\"\nc\"\r\n",
        "name,customer_id,timestamp,units,note\rcall,c1,2026-10-01T10:00:00Z,1.50,\"a, \"\"b\"\"\nc\"\r",
        "\u{FEFF}\r\rname;customer_id;timestamp;units;note\r\rcall;c1;2026-10-01T10:00:00Z;1.50;\"a, \"\"b\"\"\nc\"",
        "\nname\tcustomer_id\ttimestamp\tunits\tnote\ncall\tc1\t2026-10-01T10:00:00Z\t1.50\t\"a, \"\"b\"\"\nc\"",
    ])
    func `are read with any separator, quotes and line ends`(file: String) async throws {
        let items = try await ImportFile(file, .csv).items
        #expect(items.count == 1)
        let event = items[0].drop { $0 != "n" }
        #expect(
            event == #"name":"call","customer_id":"c1","timestamp":"2026-10-01T10:00:00.000Z","#
                + #""properties":{"units":1.50,"note":"a, \"b\"\nc"}}"#
        )
    }

    @Test func `give properties their types, and leave out empty ones`() async throws {
        let file = """
            id,name,customer_id,timestamp,a,b,c,d,e,f
            1,n,c,1700000000,007,-1.5e3,true,,1.,12345678901234567890
            """
        let items = try await ImportFile(file, .csv).items
        #expect(items[0].hasSuffix(#""properties":{"a":"007","b":-1.5e3,"c":true,"e":"1.","f":12345678901234567890}}"#))
    }

    @Test func `name columns by a map`() async throws {
        let file = "Account,When,Event,Key\nc1,2026-10-01T10:00:00+02:00,call,k1\n"
        let items = try await ImportFile(file, .csv, map: "customer_id=Account,timestamp=When,name=Event,id=Key").items
        #expect(items == [#"{"id":"k1","name":"call","customer_id":"c1","timestamp":"2026-10-01T08:00:00.000Z"}"#])
    }

    @Test(arguments: [
        ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"), ("2026-03-29T02:30:00", "2026-03-29T01:00:00.000Z"),
        ("2026-12-01", "2026-11-30T23:00:00.000Z"), ("2026-12-01 00:30:00.25", "2026-11-30T23:30:00.250Z"),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00.000Z"), ("1700000000", "2023-11-14T22:13:20.000Z"),
    ])
    func `take times without an offset in the file's time zone`(text: String, expected: String) async throws {
        let file = "id,name,customer_id,timestamp\n1,n,c,\(text)"
        let items = try await ImportFile(file, .csv, zone: "Europe/Berlin").items
        #expect(items == [#"{"id":"1","name":"n","customer_id":"c","timestamp":"\#(expected)"}"#])
    }

    @Test func `need a time zone for times without an offset`() async throws {
        let items = try await ImportFile("name,customer_id,timestamp\nn,c,2026-12-01 00:00:00", .csv).items
        #expect(items.count == 1 && items[0].contains("has no offset; add --timezone"), "\(items)")
    }

    @Test func `give rows without an ID one that counts equal rows`() async throws {
        let row = "n,c,1700000000\n"
        let (one, other) = ("name,customer_id,timestamp\n\(row)\(row)", "name,customer_id,timestamp\n\(row)")
        let (first, second) = (try await ImportFile(one, .csv).items, try await ImportFile(other, .csv).items)
        #expect(first[0] != first[1] && first[0] == second[0])
    }

    @Test(arguments: [
        ("a,b\n1\n", "2: the row has 1 fields, and there are 2 columns"),
        ("a,,b\n1,2,3", "column 2 of the first row has no name"),
        ("a,a\n1,2", "two columns of the first row have the same name"),
        ("name,timestamp\nn,1", #"2: neither "customer_id" nor "subscription_id" has a value"#),
        ("name,customer_id\nn,c", #"2: "timestamp" is missing or empty"#),
        ("name,customer_id,timestamp\nn,\"c,1", "the quote of a field in the row at line 2 is never closed"),
    ])
    func `are refused with the line and what would help`(file: String, expected: String) async throws {
        let items = try await ImportFile(file, .csv).items
        #expect(items.count == 1 && items[0].contains(expected), "\(items)")
    }

    /// As old versions of Excel for Mac write them.
    @Test func `are read row by row where lines end with CR alone`() async throws {
        let rows = ["name,customer_id,timestamp", "n,c1,1", "n,c2", "n,c3,1", "\"n\",\"c\r4\",\"1\"", "n,,1"]
        let file = rows.joined(separator: "\r")
        let items = try await ImportFile(file, .csv).items
        #expect(items.count == 5)
        #expect(items[0].contains(#""customer_id":"c1""#) && items[2].contains(#""customer_id":"c3""#), "\(items)")
        #expect(items[1] == "3: the row has 2 fields, and there are 3 columns")
        #expect(try Self.customer(items[3]) == "c\r4", "\(items)")
        #expect(items[4].hasPrefix("7: neither"), "\(items)")
        // A CR within a line that ends with LF is a part of its field.
        let other = try await ImportFile("name,customer_id,timestamp\nn,c\rx,1\n", .csv).items
        #expect(try other.map(Self.customer) == ["c\rx"], "\(other)")
    }

    private static func customer(_ event: String) throws -> String? {
        try JSONDocument(parsing: Array(event.utf8)).root["customer_id"]?.string
    }

    @Test func `are refused if their lines end with CR and with LF`() async throws {
        let items = try await ImportFile("name,customer_id,timestamp\rn,c1,1\rn,c2,1\nn,c3,1\n", .csv).items
        #expect(items.count == 2 && items[0].contains(#""customer_id":"c1""#), "\(items)")
        #expect(items.last?.hasPrefix("lines end with CR alone at the start of the file and with LF at line 3") == true)
    }

    @Test func `are refused if a row has more than 16 MiB in many fields`() async throws {
        let head = "name,customer_id,timestamp\n"
        let field = String(repeating: "x", count: 1 << 20) + ","
        let items = try await ImportFile(head + String(repeating: field, count: 17), .csv).items
        #expect(items == ["the row at line 2 has more than 16777216 bytes"])
    }

    @Test func `are refused if they are not UTF-8`() async throws {
        let file = Array("name,customer_id,timestamp\n".utf8) + [0x6E, 0xE9] + Array(",c,1\nn,c,1\n".utf8)
        let items = try await ImportFile(file, .csv).items
        #expect(items.count == 2 && items[0].hasPrefix("2: the row is not UTF-8; convert"), "\(items)")
    }

    @Test func `tell a mapped column that is not there`() async throws {
        let items = try await ImportFile("name,b\n1,2", .csv, map: "customer_id=Account").items
        #expect(items == ["--map customer_id=Account: there is no such column; there are name, b"])
    }

    @Test func `reach into objects by a path`() async throws {
        let file = #"{"n": "call", "who": {"account": {"id": 42}}, "at": "2026-10-01T10:00:00Z", "data": {"u": 1}}"#
        let map = "name=n,customer_id=who.account.id,timestamp=at,properties=data"
        let items = try await ImportFile(file, .ndjson, map: map).items
        #expect(items.count == 1 && items[0].contains(#""customer_id":"42""#))
        #expect(items.count == 1 && items[0].hasSuffix(#""properties":{"u": 1}}"#))
        let missing = try await ImportFile(file, .ndjson, map: "name=nn").items
        #expect(missing.count == 1 && missing[0].contains(#"there is no "nn", which --map names for name"#))
    }

    @Test(arguments: [
        ("customer_id", "is not of the form FIELD=NAME"), ("customer_id=", "is not of the form FIELD=NAME"),
        ("customer=x", #"there is no field "customer""#), ("id=a,id=b", #""id" is mapped twice"#),
        ("", "is not of the form FIELD=NAME"),
    ])
    func `refuse a map that is none`(text: String, expected: String) {
        let fault = #expect(throws: FieldMap.Fault.self) { try FieldMap(text) }
        #expect(fault?.description.contains(expected) == true)
    }
}
