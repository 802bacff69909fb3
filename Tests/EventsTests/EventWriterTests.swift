import Events
import JSON
import TestSupport
import Testing

/// Events and deliveries as the canonical API shows them.
@Suite struct EventWriterTests {
    private static let start = Timestamp(milliseconds: 1_772_366_401_003)
    private static let fault = DeliveryFault(code: .timeout, message: "no response", vendor: "busy")

    private func attempt(_ seconds: Int64, _ status: DeliveryStatus, fault: DeliveryFault? = nil) -> Attempt {
        Attempt(
            at: Self.start + .seconds(seconds),
            latency: .milliseconds(20),
            httpStatus: fault == nil ? 200 : nil,
            status: status,
            fault: fault
        )
    }

    private func delivery(
        _ status: DeliveryStatus,
        at provider: ProviderName = "lago",
        history: [Attempt] = [],
        amendments: [DeliveryAmendment] = [],
        lane: LaneNumber? = nil
    ) -> Delivery {
        Delivery(
            provider: provider,
            adapter: AdapterName(provider.rawValue),
            mode: .primary,
            lane: lane,
            status: status,
            attempts: history.count,
            httpStatus: history.last?.httpStatus,
            latency: history.last?.latency,
            nextAttemptAt: status == .retrying ? Self.start + .seconds(60) : nil,
            fault: history.last?.fault,
            history: history,
            amendments: amendments
        )
    }

    private func written(_ write: (inout JSONWriter) -> Void) throws -> JSONValue {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return try JSONDocument(parsing: writer.bytes).root
    }

    private func text(_ write: (inout JSONWriter) -> Void) throws -> String {
        String(decoding: try written(write).raw, as: UTF8.self)
    }

    private func archived(_ deliveries: [Delivery], vendor: String? = nil) -> ArchivedEvent {
        ArchivedEvent(sequence: 1, event: SampleEvent.accepted(vendor: vendor), deliveries: deliveries)
    }

    @Test func `shows what the application sent, byte for byte where it is JSON`() throws {
        let event = SampleEvent.accepted(properties: #"{ "n" : 1.50 }"#, vendor: #"{"polar": {}}"#)
        #expect(
            try text { EventWriter.writeMembers(of: event, to: &$0) }
                == #"{"id":"evt-1","name":"api_request","customer_id":"customer456","subscription_id":"sub_1","#
                + #""timestamp":"2026-03-01T12:00:00.250Z","source":"api","properties":{ "n" : 1.50 },"vendor":{"polar": {}}}"#
        )
    }

    @Test func `leaves out what the application did not send`() throws {
        let event = SampleEvent.accepted(customer: nil, subscription: nil, source: nil, properties: nil)
        let names = try written { EventWriter.writeMembers(of: event, to: &$0) }.members.map(\.name)
        #expect(Array(names) == ["id", "name", "timestamp"])
    }

    @Test func `names the fields that a vendor drops, and only those that the event has`() throws {
        let traits = VendorTraits(
            adapter: "lago",
            vendor: "Lago",
            api: VendorAPI(defaultBaseURL: nil, credential: .query(name: "key")),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none),
            ignoredFields: ["source", "subscription_id"]
        )
        let event = archived(
            [delivery(.pending)],
            vendor: #"{"lago": {"own": 1}, "polar": {"a": 1, "b": 2}}"#
        )
        let shown = try written { EventWriter.writeMembers(of: event, traits: [traits], to: &$0) }
        let dropped = shown["deliveries"]?.elements.first { _ in true }?["dropped_fields"]?.elements.compactMap(
            \.string
        )
        #expect(dropped == ["source", "subscription_id", "vendor.polar.a", "vendor.polar.b"])
        let without = ArchivedEvent(
            sequence: 1,
            event: SampleEvent.accepted(subscription: nil, source: nil),
            deliveries: event.deliveries
        )
        let plain = try written { EventWriter.writeMembers(of: without, traits: [traits], to: &$0) }
        #expect(
            plain["deliveries"]?.elements.first { _ in true }?["dropped_fields"]?.elements.map { $0 }.isEmpty == true
        )
        let unknown = try written { EventWriter.writeMembers(of: event, to: &$0) }
        #expect(unknown["deliveries"]?.elements.first { _ in true }?["dropped_fields"] == nil)
    }

    @Test func `shows a delivery with its error and whether it will be retried`() throws {
        for status in [DeliveryStatus.retrying, .rejected] {
            let shown = try written { writer in
                writer.key("delivery")
                let history = [attempt(1, status, fault: Self.fault)]
                EventWriter.write(delivery(status, history: history, lane: 7), to: &writer)
            }["delivery"]
            #expect(shown?["status"]?.string == status.rawValue)
            #expect(shown?["backfill"]?.int64 == 7)
            #expect(shown?["http_status"]?.isNull == true)
            #expect(shown?["latency_ms"]?.int64 == 20)
            #expect(shown?["error"]?["code"]?.string == "timeout")
            #expect(shown?["error"]?["vendor"]?.string == "busy")
            #expect(shown?["error"]?["retryable"]?.bool == (status == .retrying))
            #expect((shown?["next_attempt_at"]?.isNull == true) == (status == .rejected))
            #expect(
                shown?["history"]?.elements.first { _ in true }?["error"]?["retryable"]?.bool == (status == .retrying)
            )
        }
    }

    @Test func `shows the settings of each attempt, and who changed them`() throws {
        let planned = Destination(provider: "lago", adapter: "lago", mode: .primary, rename: ["a": "b"])
        let later = Destination(provider: "lago", adapter: "lago", mode: .primary, rename: ["a": "c"])
        let amendment = DeliveryAmendment(at: Self.start, by: "ops", firstAttempt: 3, destination: later)
        let shown = try written { writer in
            writer.key("delivery")
            EventWriter.write(delivery(.retrying, amendments: [amendment]), planned: planned, to: &writer)
        }["delivery"]?["settings"].map { Array($0.elements) }
        #expect(shown?.map { $0["first_attempt"]?.int64 } == [1, 3])
        #expect(shown?.map { $0["retried_by"]?.string } == [nil, "ops"])
        #expect(shown?.map { $0["values"]?["rename"]?["a"]?.string } == ["b", "c"])
    }

    @Test func `tells what happened in order, an attempt before the settlement that it brought`() throws {
        let event = archived([
            delivery(
                .delivered,
                history: [attempt(5, .retrying, fault: Self.fault), attempt(9, .delivered)]
            ),
            delivery(.retrying, at: "polar", history: [attempt(7, .retrying, fault: Self.fault)]),
            delivery(.pending, at: "knetik"),
        ])
        let timeline = try written { EventWriter.writeTimeline(of: event, to: &$0) }["timeline"]?.elements.map { $0 }
        #expect(
            timeline?.compactMap { $0["type"]?.string }
                == ["accepted", "planned", "attempt", "attempt", "attempt", "settled"]
        )
        #expect(timeline?.dropFirst(2).compactMap { $0["provider"]?.string } == ["lago", "polar", "lago", "lago"])
        #expect(timeline?.last?["status"]?.string == "delivered")
        #expect(timeline?.last?["at"]?.string == (Self.start + .seconds(9) + .milliseconds(20)).rfc3339)
    }

    @Test func `keeps the attempt first where it and its settlement have one timestamp`() throws {
        let instant = Attempt(at: Self.start, latency: .zero, httpStatus: 200, status: .delivered)
        let event = archived([delivery(.delivered, history: [instant])])
        let timeline = try written { EventWriter.writeTimeline(of: event, to: &$0) }["timeline"]?.elements.map { $0 }
        #expect(timeline?.suffix(2).compactMap { $0["type"]?.string } == ["attempt", "settled"])
    }
}
