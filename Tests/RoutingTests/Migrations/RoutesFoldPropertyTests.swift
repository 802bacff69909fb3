import Events
import JSON
import OfRecord
import Randomness
import Routing
import Testing

/// Orders of a migration, written into files as people lay them out. What is written is somebody's routes: a comma too many stops every
/// gateway at its next start, and a destination too few loses events.
@Suite struct RoutesFoldPropertyTests {
    /// A destination: its provider, its mode as written (nil: not written), and whether the mode comes first.
    private struct Written: Equatable {
        let provider: String
        let mode: String?
        let isModeFirst: Bool

        var standsFor: String { mode ?? "primary" }
    }

    /// A file, and what it says.
    private struct File {
        let text: String
        let destinations: [Written]
        let migrations: [String]
    }

    private static func space(_ random: inout SplitMix) -> String {
        ["", "", " ", "\n", "\t", "\r\n   "].randomElement(using: &random) ?? ""
    }

    private static func list(_ items: [String], _ random: inout SplitMix) -> String {
        var text = space(&random)
        for (place, item) in items.enumerated() {
            text += item + space(&random) + (place == items.count - 1 ? "" : "," + space(&random))
        }
        return text
    }

    private static func member(_ name: String, _ value: String, _ random: inout SplitMix) -> String {
        "\"\(name)\"\(space(&random)):\(space(&random))\(value)"
    }

    private static func object(_ members: [String], _ random: inout SplitMix) -> String {
        "{\(list(members, &random))}"
    }

    private static func destination(_ written: Written, _ random: inout SplitMix) -> String {
        var members = [member("provider", "\"\(written.provider)\"", &random)]
        // Texts that look like the end of something.
        members.append(member("subscription_id", #""sub_{customer_id}, \"mode\": \"shadow\"}]""#, &random))
        if let mode = written.mode {
            members.insert(member("mode", "\"\(mode)\"", &random), at: written.isModeFirst ? 0 : members.count)
        }
        return object(members, &random)
    }

    /// The route `r` has destinations at `a`, `b` and others in any order and number, with at least one at each of the two.
    private static func file(_ random: inout SplitMix) -> File {
        var providers = ["a", "b"]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            providers.append(["a", "b", "c"].randomElement(using: &random) ?? "c")
        }
        let destinations = providers.shuffled(using: &random).map { provider in
            Written(
                provider: provider,
                mode: [nil, "primary", "mirror", "shadow"].randomElement(using: &random) ?? nil,
                isModeFirst: Bool.random(using: &random)
            )
        }
        let migrations = (["m"] + ["n", "o"].prefix(Int.random(in: 0...2, using: &random))).shuffled(using: &random)
        var (routed, moves): ([String], [String]) = ([], [])
        for written in destinations { routed.append(destination(written, &random)) }
        for name in migrations {
            let fields = [("route", "r"), ("from", "a"), ("to", "b")].shuffled(using: &random)
            var members: [String] = []
            for (field, value) in fields { members.append(member(field, "\"\(value)\"", &random)) }
            moves.append(member(name, object(members, &random), &random))
        }
        let other = object([member("name", "\"q\"", &random), member("to", "[]", &random)], &random)
        let route = object(
            [member("name", "\"r\"", &random), member("to", "[\(list(routed, &random))]", &random)].shuffled(
                using: &random
            ),
            &random
        )
        let root = [
            member("version", "1", &random), member("routes", "[\(list([other, route], &random))]", &random),
            member("migrations", object(moves, &random), &random), member("clients", "[ ]", &random),
        ].shuffled(using: &random)
        return File(text: object(root, &random), destinations: destinations, migrations: migrations)
    }

    private static func fold(_ file: File, _ delivery: MigrationEntry.Delivery?, isClosed: Bool) throws -> RoutesFold {
        try RoutesFold(Array(file.text.utf8), migration: "m", delivery: delivery, isClosed: isClosed)
    }

    /// What a file says, read again.
    private static func read(_ bytes: [UInt8]) throws -> (destinations: [(String, String)], migrations: [String]?) {
        let root = try JSONDocument(parsing: bytes).root
        let route = try #require(root["routes"]?.elements.first { $0["name"]?.string == "r" })
        let destinations = try #require(route["to"]).elements.map { destination in
            (destination["provider"]?.string ?? "", destination["mode"]?.string ?? "primary")
        }
        return (destinations, root["migrations"].map { $0.members.map(\.name) })
    }

    /// MIGRATION.md, section 3: shadow translates only, mirror sends all; what the new provider gets already stays.
    @Test(arguments: 1...60)
    func `an order changes the mode of the new provider's destinations, and nothing else`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let file = Self.file(&random)
        for delivery in [nil, .shadow, .mirror] as [MigrationEntry.Delivery?] {
            let fold = try Self.fold(file, delivery, isClosed: false)
            let found = try Self.read(fold.text)
            let expected = file.destinations.map { written -> (String, String) in
                guard written.provider == "b", let delivery else { return (written.provider, written.standsFor) }
                switch delivery {
                case .shadow: return ("b", "shadow")
                case .mirror: return ("b", written.standsFor == "shadow" ? "mirror" : written.standsFor)
                }
            }
            let isAsExpected = found.destinations.elementsEqual(expected) { $0 == $1 }
            #expect(isAsExpected, "\(file.text)")
            #expect(found.migrations == file.migrations)
            let changed = zip(file.destinations, expected).count { $0.standsFor != $1.1 }
            #expect(fold.changes.count == changed)
            if changed == 0 { #expect(fold.text == Array(file.text.utf8), "not a byte") }
            // The same order again changes nothing more.
            let again = File(
                text: String(decoding: fold.text, as: UTF8.self),
                destinations: file.destinations,
                migrations: file.migrations
            )
            #expect(try Self.fold(again, delivery, isClosed: false).text == fold.text)
        }
    }

    /// MIGRATION.md, section 3, stage 8: A gets nothing more, B gets all.
    @Test(arguments: 1...80)
    func `a closed migration leaves the old provider out, and all others in their order`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let file = Self.file(&random)
        let fold = try Self.fold(file, nil, isClosed: true)
        let found = try Self.read(fold.text)
        let wasPrimary = file.destinations.contains { $0.provider == "a" && $0.standsFor == "primary" }
        let expected = file.destinations.filter { $0.provider != "a" }.map { written in
            (written.provider, written.provider == "b" && wasPrimary ? "primary" : written.standsFor)
        }
        let isAsExpected = found.destinations.elementsEqual(expected) { $0 == $1 }
        #expect(isAsExpected, "\(file.text)\n\(fold.changes)")
        let rest = file.migrations.filter { $0 != "m" }
        #expect(found.migrations == (rest.isEmpty ? nil : rest))
        #expect(fold.changes.suffix(2) == ["a is no destination of the route r", "the migration m is removed"])
        // The other route and the version are still there, and no other member is new.
        let names = try JSONDocument(parsing: fold.text).root.members.map(\.name).sorted()
        #expect(
            names
                == (rest.isEmpty ? ["clients", "routes", "version"] : ["clients", "migrations", "routes", "version"])
        )
    }

    /// A file that is cut off or damaged is refused, or folded into something that is still JSON.
    @Test(arguments: 1...40)
    func `never makes a file that cannot be read of one that can`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let file = Self.file(&random)
        for _ in 0..<60 {
            var bytes = Array(file.text.utf8)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.removeSubrange(Int.random(in: bytes.indices, using: &random)...)
            case 1: bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            default: bytes.remove(at: Int.random(in: bytes.indices, using: &random))
            }
            let isClosed = Bool.random(using: &random)
            do throws(RoutesFold.Fault) {
                let fold = try RoutesFold(bytes, migration: "m", delivery: .mirror, isClosed: isClosed)
                #expect(JSONDocument(ifValid: fold.text) != nil, "\(String(decoding: bytes, as: UTF8.self))")
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test(arguments: [
        (#"{"migrations": {}}"#, #"the file has no migration "m""#), ("[]", #"the file has no migration "m""#),
        (#"{"migrations": {"m": {"route": 7, "from": "a", "to": "b"}}}"#, #"the file has no migration "m""#),
        (
            #"{"migrations": {"m": {"route": "r", "from": "a", "to": "b"}}, "routes": [{"name": "R", "to": []}]}"#,
            #"the file has no route "r""#
        ),
        (
            #"{"migrations": {"m": {"route": "r", "from": "a", "to": "b"}}, "routes": [{"name": "r", "to": [{"provider": "b"}]}]}"#,
            #"the route "r" does not have both providers of the migration"#
        ),
        // It would be removed from its route and set to another mode at once.
        (
            #"{"migrations": {"m": {"route": "r", "from": "b", "to": "b"}}, "routes": [{"name": "r", "to": [{"provider": "b"}]}]}"#,
            #"the migration "m" has "b" as its old and as its new provider"#
        ),
    ])
    func `says what is wrong with the file`(text: String, message: String) {
        for isClosed in [false, true] {
            let fault = #expect(throws: RoutesFold.Fault.self) {
                try RoutesFold(Array(text.utf8), migration: "m", delivery: .mirror, isClosed: isClosed)
            }
            #expect(fault?.message == message)
        }
    }
}
