import Access
import Events
import Journal
import Randomness
import Synchronization
import Testing

@testable import Gateway

@Suite struct StoreKeysTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private static func key(_ id: String, client: ClientName = "shop", revoked: Timestamp? = nil) -> StoredKey {
        StoredKey(
            client: client,
            key: ClientKey(id: id, digest: KeyDigest(of: "key \(id)"), notBefore: now, expires: now + .seconds(60)),
            created: now,
            origin: .imported,
            revoked: revoked
        )
    }

    private static func record(_ id: String, digest: [UInt8]? = nil, origin: String = "imported") -> ClientKeyRecord {
        ClientKeyRecord(
            id: id,
            digest: digest ?? KeyDigest(of: "key \(id)").bytes,
            client: "shop",
            origin: origin,
            created: now,
            notBefore: now,
            expires: now + .seconds(60)
        )
    }

    private static func act(_ action: String) -> KeyAct { KeyAct(at: now, by: "ops", action, ["key": action]) }

    @Test func `writes a key with all that is known of it, and who made it`() async throws {
        let table = KeyTableInMemory()
        let added = try await StoreKeys(in: table).update { keys in
            keys.list.append(Self.key("a"))
            return keys.list.count
        } noting: {
            Self.act("added \($0)")
        }
        #expect(added == 1 && table.records == [Self.record("a")])
        #expect(try await StoreKeys(in: table).read() == StoredKeys([Self.key("a")]))
        let entry = try #require(table.entries.first)
        #expect(table.entries.count == 1 && entry.at == Self.now && entry.category == .administration)
        #expect(entry.action == "added 1" && entry.actor == "ops" && entry.details == ["key": "added 1"])
        #expect(entry.tenant == nil && entry.keyID == nil && entry.remoteAddress == nil)
    }

    @Test func `writes only the keys that a change is about`() async throws {
        let table = KeyTableInMemory(["a", "b", "c"].map { Self.record($0) })
        try await StoreKeys(in: table).update { keys in
            keys.list[1] = Self.key("b", revoked: Self.now)
            keys.list.append(Self.key("d"))
        } noting: {
            Self.act("changed")
        }
        #expect(table.puts.map { $0.map(\.id) } == [["b", "d"]])
        #expect(table.records.map(\.revoked) == [nil, Self.now, nil, nil])
    }

    /// The command line of another administrator may write at the same time: a change is made again, of the keys as they are then.
    @Test func `makes a change again when another one came between`() async throws {
        let table = KeyTableInMemory([Self.record("a")])
        table.compete(with: ["b", "c"].map { Self.record($0) })
        var seen: [[String]] = []
        let count = try await StoreKeys(in: table).update { keys in
            seen.append(keys.list.map(\.key.id))
            keys.list.append(Self.key("d"))
            return keys.list.count
        } noting: {
            Self.act("\($0) keys")
        }
        #expect(seen == [["a"], ["a", "b"], ["a", "b", "c"]] && count == 4)
        #expect(table.records.map(\.id) == ["a", "b", "c", "d"])
        #expect(table.entries.map(\.action) == ["4 keys"], "only the change that was made is recorded")
    }

    @Test func `stops when others change the keys all the time`() async throws {
        let table = KeyTableInMemory()
        table.compete(with: (0..<1000).map { Self.record("k\($0)") })
        var tries = 0
        let fault = await #expect(throws: StoreKeysFault.self) {
            try await StoreKeys(in: table).update { _ in
                tries += 1
            } noting: {
                Self.act("never")
            }
        }
        #expect(fault == .busy && tries == 100 && table.entries.isEmpty)
        #expect("\(StoreKeysFault.busy)" == "other commands change the keys all the time; try again")
    }

    @Test func `changes nothing when the change is refused`() async throws {
        let table = KeyTableInMemory([Self.record("a")])
        await #expect(throws: KeyLifecycleFault.unknown(id: "b")) {
            try await StoreKeys(in: table).update { keys in
                keys.list = []
                return try keys.revoke("b", at: Self.now)
            } noting: { _ in
                Self.act("never")
            }
        }
        #expect(table.puts.isEmpty && table.entries.isEmpty && table.records == [Self.record("a")])
    }

    /// A key that is left out would be refused at the door, or made a second time.
    @Test(arguments: [
        Self.record("x", digest: []), Self.record("x", digest: [UInt8](repeating: 7, count: 31)),
        Self.record("x", digest: [UInt8](repeating: 7, count: 33)), Self.record("x", origin: ""),
        Self.record("x", origin: "Imported"),
        Self.record("x", origin: "derived"), Self.record("x", origin: "generated\0"),
    ])
    func `reads no table with a key that it does not understand`(foreign: ClientKeyRecord) async throws {
        let table = KeyTableInMemory([Self.record("a"), foreign, Self.record("b")])
        let keys = StoreKeys(in: table)
        await #expect(throws: StoreKeysFault.foreign(id: "x")) { _ = try await keys.read() }
        await #expect(throws: StoreKeysFault.foreign(id: "x")) {
            try await keys.update {
                $0.list.append(Self.key("c"))
            } noting: {
                Self.act("never")
            }
        }
        #expect(table.puts.isEmpty)
        #expect(
            "\(StoreKeysFault.foreign(id: "x"))"
                == "the store has a key x that this version cannot read; use the version of tollgate that made it"
        )
    }

    @Test func `reads uses of keys, and skips those of keys that it does not understand`() async throws {
        let (table, own) = (KeyTableInMemory(), KeyDigest(of: "a"))
        table.uses = [
            ClientKeyUse(digest: own.bytes, day: "2026-11-29"), ClientKeyUse(digest: [1, 2], day: "2026-11-29"),
            ClientKeyUse(digest: own.bytes, day: "2026-11-28"), ClientKeyUse(digest: [], day: ""),
        ]
        #expect(try await StoreKeys(in: table).uses().days == [own: "2026-11-29"])
    }

    @Test func `notes uses, and forgets those of more than 400 days ago`() async throws {
        let (table, own) = (KeyTableInMemory(), KeyDigest(of: "a"))
        let now = try #require(Timestamp(rfc3339: "2026-12-01T00:00:00Z"))
        try await StoreKeys(in: table).note(KeyUses([own], on: "2026-12-01"), at: now)
        // 2025-10-27 is 400 days before.
        table.expect([ClientKeyUse(digest: own.bytes, day: "2026-12-01")], forgotten: ["2025-10-27"])
    }

    /// Several administrators at once, each with changes of his own: none is lost, and each is recorded once.
    @Test(arguments: 1...10)
    func `loses no change of administrators who work at the same time`(seed: UInt64) async throws {
        let table = KeyTableInMemory()
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    var random = SplitMix(seed: seed &* 100 &+ UInt64(number))
                    for turn in 0..<3 {
                        if Bool.random(using: &random) { await Task.yield() }
                        try await StoreKeys(in: table).update { keys in
                            keys.list.append(Self.key("\(number).\(turn)"))
                        } noting: {
                            Self.act("\(number).\(turn)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let all = (0..<8).flatMap { number in (0..<3).map { "\(number).\($0)" } }
        #expect(table.records.map(\.id).sorted() == all && table.entries.map(\.action).sorted() == all)
    }
}

/// The key table of a shared store, without a database.
private final class KeyTableInMemory: ClientKeyKeeping {
    private struct State {
        var version: Int64 = 0
        var records: [ClientKeyRecord]
        var puts: [[ClientKeyRecord]] = []
        var entries: [AuditEntry] = []
        var uses: [ClientKeyUse] = []
        var forgotten: [String] = []
        var competitors: [ClientKeyRecord] = []
    }

    private let state: Mutex<State>

    init(_ records: [ClientKeyRecord] = []) { state = Mutex(State(records: records)) }

    var records: [ClientKeyRecord] { state.withLock { $0.records } }
    /// What was written, one item for each time.
    var puts: [[ClientKeyRecord]] { state.withLock { $0.puts } }
    var entries: [AuditEntry] { state.withLock { $0.entries } }
    var forgotten: [String] { state.withLock { $0.forgotten } }
    var uses: [ClientKeyUse] {
        get { state.withLock { $0.uses } }
        set { state.withLock { $0.uses = newValue } }
    }

    /// Others add these keys, one after each read.
    func compete(with records: [ClientKeyRecord]) { state.withLock { $0.competitors = records } }

    func clientKeyVersion() -> Int64 { state.withLock { $0.version } }

    func clientKeys() -> RecordedClientKeys {
        state.withLock { state in
            let found = RecordedClientKeys(version: state.version, keys: state.records)
            if !state.competitors.isEmpty {
                state.records.append(state.competitors.removeFirst())
                state.version += 1
            }
            return found
        }
    }

    func put(_ keys: [ClientKeyRecord], after version: Int64, recording entry: AuditEntry) -> Bool {
        state.withLock { state in
            guard state.version == version else { return false }
            state.version += 1
            state.puts.append(keys)
            state.entries.append(entry)
            for key in keys {
                if let place = state.records.firstIndex(where: { $0.id == key.id }) {
                    state.records[place] = key
                } else {
                    state.records.append(key)
                }
            }
            return true
        }
    }

    func clientKeyUses() -> [ClientKeyUse] { uses }

    /// Checks what was noted and forgotten. A function of its own: Swift 6.3 frees a local value of an asynchronous test twice otherwise.
    func expect(_ expected: [ClientKeyUse], forgotten days: [String]) {
        #expect(uses == expected)
        #expect(forgotten == days)
    }

    func note(_ uses: [ClientKeyUse], forgettingBefore oldest: String) async {
        state.withLock { state in
            state.uses += uses
            state.forgotten.append(oldest)
        }
    }
}
