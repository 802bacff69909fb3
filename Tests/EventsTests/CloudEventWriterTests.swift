import JSON
import Testing

@testable import Events

@Suite struct CloudEventWriterTests {
    private static let at = Timestamp(milliseconds: 1_750_000_000_123)

    private func archived(source: String? = "api", properties: String?, vendor: String? = nil) -> ArchivedEvent {
        let destination = Destination(provider: "lago", adapter: "lago", mode: .primary)
        let event = AcceptedEvent(
            CanonicalEvent(
                name: "api_request",
                customerID: "customer-1",
                subscriptionID: "sub-1",
                timestamp: Self.at,
                source: source,
                properties: properties.map { JSONText(checked: $0) },
                vendor: vendor.map { JSONText(checked: $0) }
            ),
            id: "event-1",
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Self.at,
                plan: Plan(route: "default", destinations: [destination])
            )
        )
        let delivery = Delivery(provider: "lago", adapter: "lago", mode: .primary, status: .pending)
        return ArchivedEvent(sequence: SequenceNumber(7), event: event, deliveries: [delivery])
    }

    private func written(_ event: ArchivedEvent) -> [UInt8] {
        var writer = JSONWriter()
        CloudEventWriter.write(event, to: &writer)
        return writer.bytes
    }

    @Test func `writes what the gateway reads as the same event`() throws {
        let root = try JSONDocument(parsing: written(archived(properties: #"{"units": 12345678901234567890.10}"#))).root
        var reader = CloudEventFields(index: 0)
        let event = reader.read(root)
        let read = try #require(event, "\(reader.faults)")
        #expect(read.id == "event-1" && read.name == "api_request" && read.source == "api" && read.timestamp == Self.at)
        #expect(read.customerID == "customer-1" && read.subscriptionID == "sub-1")
        #expect(
            read.properties.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"units": 12345678901234567890.10}"#
        )
    }

    @Test func `keeps an event on one line, whatever white space its JSON has`() throws {
        let bytes = written(archived(properties: "{\r\n  \"a\": \"x\\ny\"\n}", vendor: "{\"lago\":\n{}}"))
        #expect(!bytes.contains(0x0A) && !bytes.contains(0x0D))
        let root = try JSONDocument(parsing: bytes).root
        #expect(root["data"]?["a"]?.string == "x\ny")
        #expect(try JSONDocument(parsing: Array(#require(root["vendorfields"]?.string).utf8)).root["lago"] != nil)
    }

    @Test func `has deliveries as JSON in a string, since attributes have simple values only`() throws {
        let root = try JSONDocument(parsing: written(archived(source: nil, properties: nil))).root
        #expect(root["source"]?.string == "tollgate" && root["data"] == nil)
        #expect(
            root["tenant"]?.string == "shop" && root["sequence"]?.string == "7" && root["route"]?.string == "default"
        )
        let deliveries = try JSONDocument(parsing: Array(#require(root["deliveries"]?.string).utf8)).root
        let delivery = try #require(Array(deliveries.elements).first)
        #expect(delivery["provider"]?.string == "lago" && delivery["status"]?.string == "pending")
    }
}
