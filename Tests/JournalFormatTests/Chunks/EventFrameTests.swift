import Events
import Testing

@testable import JournalFormat

/// One event as bytes, as journals have it.
@Suite struct EventFrameTests {
    private static let names = ChunkTests.Names()

    private static func event(
        _ id: String = "i",
        scope: String = "",
        name: String = "n",
        customer: String? = nil,
        at time: Int64? = 1,
        acceptedAt: Int64 = 3,
        properties: String? = nil,
        vendor: String? = nil
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: customer,
                timestamp: time.map { Timestamp(milliseconds: $0) },
                properties: properties.map { JSONText(checked: $0) },
                vendor: vendor.map { JSONText(checked: $0) }
            ),
            id: EventID(id),
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: acceptedAt),
                plan: names.known
            )
        )
    }

    private static func frames(_ events: AcceptedEvent...) -> EncodedEvents {
        EncodedEvents(events, origins: events.map { _ in 1 }, plans: events.map { _ in 300 })
    }

    /// What a chunk with these frames is read as.
    private static func read(_ frames: [UInt8], count: Int = 1) throws -> [AcceptedEvent] {
        var builder = ChunkBuilder(first: SequenceNumber(7), capacity: 0)
        builder.append(frames[...], count: count)
        return try Chunk.read(builder.finish(), names: names).events
    }

    /// Journals have these bytes: others would be another format.
    @Test func `keeps its format`() {
        #expect(
            Self.frames(Self.event()).frames == [10, 0, 0, 0, 1, 1, 0xAC, 2, 1, 0x69, 1, 0x6E, 2, 4]
        )
        let full = Self.event(
            "ü",
            scope: "s",
            name: "",
            customer: "c",
            at: nil,
            acceptedAt: -1,
            properties: "{}",
            vendor: "[]"
        )
        #expect(
            Self.frames(full).frames == [
                20, 0, 0, 0, 0x66, 1, 0xAC, 2, 2, 0xC3, 0xBC, 1, 0x73, 0, 1, 0x63, 1, 0, 2, 0x7B, 0x7D, 2, 0x5B, 0x5D,
            ]
        )
    }

    @Test func `is measured long enough beforehand`() {
        let long = String(repeating: "ü", count: 300)
        let extreme = [Timestamp.range.lowerBound, Timestamp.range.upperBound]
        for event in [
            Self.event(), Self.event(long, scope: long, name: long, customer: long, properties: "{}", vendor: "[]"),
            Self.event(at: extreme[0], acceptedAt: extreme[1]), Self.event(at: extreme[1], acceptedAt: extreme[0]),
        ] {
            let encoded = EncodedEvents([event], origins: [.max], plans: [.max])
            #expect(encoded.frames.count <= EventFrame.longest(event))
        }
    }

    @Test(arguments: [Timestamp.range.lowerBound, -1, 0, 1, Timestamp.range.upperBound])
    func `gives back times at the ends of the calendar`(time: Int64) throws {
        for accepted in [Timestamp.range.lowerBound, 0, Timestamp.range.upperBound] {
            let event = try #require(
                try Self.read(Self.frames(Self.event(at: time, acceptedAt: accepted)).frames).first
            )
            #expect(event.timestamp.milliseconds == time && event.acceptedAt.milliseconds == accepted)
            #expect(event.timestampWasGiven)
        }
    }

    @Test(arguments: ["e\u{301}", "\u{E9}", "\0", " ", "👩‍👩‍👧", String(repeating: "x", count: 20_000)])
    func `gives back texts byte for byte`(text: String) throws {
        let event = Self.event(text, scope: text, name: text, customer: text, properties: "{\"a\":1e400}")
        let read = try #require(try Self.read(Self.frames(event).frames).first)
        let texts = [read.id.rawValue, read.idScope, read.name, read.customerID ?? ""]
        #expect(texts.allSatisfy { $0.utf8.elementsEqual(text.utf8) })
        #expect(read.properties?.bytes.elementsEqual("{\"a\":1e400}".utf8) == true)
    }

    /// An empty text and none are different for a vendor, except a scope, which is none if it is empty.
    @Test func `tells an empty text from none`() throws {
        let (none, empty) = (Self.event(), Self.event(customer: ""))
        let read = try Self.read(Self.frames(none, empty).frames, count: 2)
        #expect(read.map(\.customerID) == [nil, ""])
    }

    @Test func `tells where each frame ends`() throws {
        let encoded = Self.frames(Self.event("a"), Self.event("bb"), Self.event("ccc"))
        #expect(encoded.ends == [14, 29, 45])
        #expect([0, 1, 2].map { encoded.range(of: $0) } == [0..<14, 14..<29, 29..<45])
        #expect(Self.frames().frames.isEmpty && Self.frames().ends.isEmpty)
        for (index, id) in ["a", "bb", "ccc"].enumerated() {
            let alone = try EventFrame.read(alone: Array(encoded.frames[encoded.range(of: index)]), names: Self.names)
            #expect(alone.id.rawValue == id)
        }
    }

    // MARK: Damage that the checksum does not show

    @Test(arguments: [0, 9, 11, 12, 255, UInt32.max])
    func `refuses a frame whose length is not that of its fields`(length: UInt32) {
        var frames = Self.frames(Self.event()).frames
        withUnsafeBytes(of: length.littleEndian) { frames.replaceSubrange(0..<4, with: $0) }
        #expect(throws: ChunkFault.self) { try Self.read(frames) }
    }

    /// Of a newer version, perhaps; what it says would be lost.
    @Test func `reads a frame with a field that it does not know as damaged`() {
        var frames = Self.frames(Self.event()).frames
        frames[0] += 2
        frames += [1, 0x78]
        frames[4] |= 128
        #expect(throws: ChunkFault.malformed) { try Self.read(frames) }
    }

    @Test func `reads no more and no fewer frames than the chunk has`() {
        let frames = Self.frames(Self.event("a"), Self.event("b")).frames
        #expect(throws: ChunkFault.malformed) { try Self.read(frames, count: 1) }
        #expect(throws: ChunkFault.truncated) { try Self.read(frames, count: 3) }
        #expect(throws: ChunkFault.malformed) { try Self.read(frames, count: 0) }
        #expect(throws: Never.self) { try Self.read(frames, count: 2) }
        #expect(throws: Never.self) { try Self.read([], count: 0) }
    }

    @Test(arguments: ChunkFaultCase.all)
    func `says for people what is wrong`(example: ChunkFaultCase) {
        #expect(example.fault.reason == example.reason)
    }

    struct ChunkFaultCase: Sendable {
        let fault: ChunkFault
        let reason: String

        static let all = [
            ChunkFaultCase(fault: .truncated, reason: "the chunk ends too early"),
            ChunkFaultCase(fault: .checksum, reason: "the checksum does not match"),
            ChunkFaultCase(fault: .malformed, reason: "the checksum matches, but the content is not a chunk"),
            ChunkFaultCase(
                fault: .unknownVersion(3),
                reason: "the chunk has layout 3, which this version does not know"
            ),
            ChunkFaultCase(
                fault: .unknownPacking(9),
                reason: "the chunk has packing 9, which this version does not know"
            ),
            ChunkFaultCase(fault: .unknownOrigin(4), reason: "the chunk names origin 4, which is not in its table"),
            ChunkFaultCase(fault: .unknownPlan(5), reason: "the chunk names plan 5, which is not in its table"),
            ChunkFaultCase(
                fault: .misplaced(first: 7, count: 2),
                reason: "the chunk has 2 events from 7, which is not its position"
            ),
        ]
    }
}
