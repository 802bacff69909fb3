import Foundation
import JSON
import Testing

/// Random inputs from a seed that a failure prints and that `TOLLGATE_SEED` brings back.
@Suite struct JSONFuzzTests {
    private static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)

    #if DEBUG
        private static let rounds = 50_000
    #else
        private static let rounds = 1_000_000
    #endif

    @Test func `survives mutated inputs, and keeps to the text's bounds`() {
        var random = Xorshift(seed: Self.seed)
        let samples = [
            #"{"id":"evt-1","name":"api","customer_id":"c","properties":{"a":[1,2.5e3,{"b":null}],"c":"\u00e9\n"}}"#,
            #"[{"a":true},{"b":[[],{}]},-0.1E+10,"😀é"]"#, #"{"events":[{"timestamp":"2024-03-20T15:04:05.123Z"}]}"#,
        ].map { Array($0.utf8) }
        for round in 0..<Self.rounds {
            var bytes = samples[Int(random.next() % UInt64(samples.count))]
            for _ in 0...(random.next() % 4) { Self.mutate(&bytes, &random) }
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            let isBounded = document.nodes.allSatisfy {
                Int($0.end) <= bytes.count && Int($0.next) <= document.nodes.count
            }
            if !isBounded || document.nodes.count > bytes.count {
                Issue.record("seed \(Self.seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
                return
            }
        }
    }

    @Test func `reads back every value that was written`() throws {
        var random = Xorshift(seed: Self.seed)
        for round in 0..<(Self.rounds / 200) {
            var writer = JSONWriter()
            Self.write(depth: 0, to: &writer, &random)
            let once = try JSONDocument(parsing: writer.bytes)
            var again = JSONWriter()
            Self.copy(once.root, to: &again)
            let twice = try JSONDocument(parsing: again.bytes)
            #expect(JSONValue.sameContent(once.root, twice.root), "seed \(Self.seed), round \(round)")
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout Xorshift) {
        guard !bytes.isEmpty else { return }
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 3: bytes.removeLast(bytes.count - place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
        }
    }

    private static func write(depth: Int, to writer: inout JSONWriter, _ random: inout Xorshift) {
        switch random.next() % (depth > 4 ? 5 : 7) {
        case 0: writer.null()
        case 1: writer.bool(random.next().isMultiple(of: 2))
        case 2: writer.integer(Int64(bitPattern: random.next()))
        case 3: writer.number("\(random.next() % 1000).\(random.next())e-\(random.next() % 300)")
        case 4: writer.string(text(&random))
        case 5:
            writer.beginArray()
            for _ in 0..<(random.next() % 5) { write(depth: depth + 1, to: &writer, &random) }
            writer.endArray()
        default:
            writer.beginObject()
            for index in 0..<(random.next() % 5) {
                writer.key("\(index)" + text(&random))
                write(depth: depth + 1, to: &writer, &random)
            }
            writer.endObject()
        }
    }

    private static func text(_ random: inout Xorshift) -> String {
        var text = ""
        for _ in 0..<(random.next() % 12) {
            if let scalar = Unicode.Scalar(UInt32(random.next() % 0x110000)) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    private static func copy(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .null: writer.null()
        case .bool: writer.bool(value.bool == true)
        case .number: writer.number(value.numberText ?? "")
        case .string: writer.string(value.string ?? "")
        case .array:
            writer.beginArray()
            for element in value.elements { copy(element, to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in value.members {
                writer.key(member.name)
                copy(member.value, to: &writer)
            }
            writer.endObject()
        }
    }
}

/// A small generator that a seed repeats.
struct Xorshift {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
