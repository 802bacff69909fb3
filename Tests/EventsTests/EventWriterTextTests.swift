import Events
import JSON
import TestSupport
import Testing

/// Deliveries and timelines, byte for byte as the API answers them.
@Suite struct EventWriterTextTests {
    private static let start = Timestamp(milliseconds: 1_772_366_401_003)

    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `writes a delivery that nothing happened to with every member`() {
        let delivery = Delivery(provider: "p", adapter: "lago", mode: .primary, status: .pending)
        #expect(
            text { EventWriter.write(delivery, to: &$0) }
                == #"{"provider":"p","adapter":"lago","mode":"primary","status":"pending","attempts":0,"#
                + #""deduplicated":false,"http_status":null,"latency_ms":null,"next_attempt_at":null,"error":null,"history":[]}"#
        )
    }

    @Test func `writes everything that is known of a delivery`() {
        let fault = DeliveryFault(code: .foundAtVendor, message: "it is there", vendor: "\"yes\"")
        let delivery = Delivery(
            provider: "p",
            adapter: "lago",
            mode: .mirror,
            lane: 9,
            status: .delivered,
            attempts: 2,
            deduplicated: true,
            httpStatus: 200,
            latency: .microseconds(1999),
            nextAttemptAt: Self.start,
            fault: fault,
            history: [
                Attempt(at: Self.start, latency: .milliseconds(5), httpStatus: 503, status: .uncertain),
                Attempt(
                    at: Self.start + .seconds(1),
                    latency: .zero,
                    httpStatus: nil,
                    status: .delivered,
                    deduplicated: true,
                    fault: fault
                ),
            ]
        )
        let error =
            #""error":{"code":"found_at_vendor","message":"it is there","retryable":false,"vendor":"\"yes\""}"#
        #expect(
            text { EventWriter.write(delivery, droppedFields: ["source"], to: &$0) }
                == #"{"provider":"p","adapter":"lago","mode":"mirror","backfill":9,"status":"delivered","attempts":2,"#
                + #""deduplicated":true,"http_status":200,"latency_ms":1,"next_attempt_at":"2026-03-01T12:00:01.003Z",\#(error),"#
                + #""history":[{"at":"2026-03-01T12:00:01.003Z","kind":"request","latency_ms":5,"http_status":503,"#
                + #""status":"uncertain","deduplicated":false,"error":null},{"at":"2026-03-01T12:00:02.003Z","kind":"probe","#
                + #""latency_ms":0,"http_status":null,"status":"delivered","deduplicated":true,\#(error)}],"#
                + #""dropped_fields":["source"]}"#
        )
    }

    private func archived(_ deliveries: [Delivery]) -> ArchivedEvent {
        let destinations = deliveries.map { Destination(provider: $0.provider, adapter: $0.adapter, mode: $0.mode) }
        let submission = Submission(
            tenant: "shop",
            client: "web",
            acceptedAt: Self.start,
            plan: Plan(route: "r", destinations: destinations)
        )
        let event = AcceptedEvent(CanonicalEvent(name: "n", customerID: "c"), id: "e", in: submission)
        return ArchivedEvent(sequence: 1, event: event, deliveries: deliveries)
    }

    private func timeline(_ deliveries: [Delivery], _ resends: [Resend] = []) -> String {
        text { writer in
            writer.beginObject()
            EventWriter.writeTimeline(of: archived(deliveries), resends: resends, to: &writer)
            writer.endObject()
        }
    }

    @Test func `a timeline begins with acceptance and plan`() {
        let pending = Delivery(provider: "p", adapter: "lago", mode: .primary, status: .pending)
        #expect(
            timeline([pending])
                == #"{"timeline":[{"at":"2026-03-01T12:00:01.003Z","type":"accepted"},"#
                + #"{"at":"2026-03-01T12:00:01.003Z","type":"planned","providers":["p"]}]}"#
        )
        #expect(timeline([]).hasSuffix(#""type":"planned","providers":[]}]}"#))
    }

    @Test func `a timeline has attempts, what they settled, and what was sent again, in the order of time`() {
        let attempt = Attempt(
            at: Self.start + .seconds(1),
            latency: .milliseconds(250),
            httpStatus: 200,
            status: .delivered
        )
        let delivered = Delivery(provider: "p", adapter: "lago", mode: .primary, status: .delivered, history: [attempt])
        let early = Resend(provider: "p", at: Self.start + .milliseconds(1100), comparison: 7)
        let late = Resend(provider: "p", at: Self.start + .seconds(9), comparison: 8)
        #expect(
            timeline([delivered], [late, early]).hasSuffix(
                #"{"at":"2026-03-01T12:00:02.003Z","type":"attempt","provider":"p","status":"delivered","http_status":200,"#
                    + #""latency_ms":250,"error":null},"#
                    + #"{"at":"2026-03-01T12:00:02.103Z","type":"resent","provider":"p","status":"delivered","comparison":7},"#
                    + #"{"at":"2026-03-01T12:00:02.253Z","type":"settled","provider":"p","status":"delivered"},"#
                    + #"{"at":"2026-03-01T12:00:10.003Z","type":"resent","provider":"p","status":"delivered","comparison":8}]}"#
            )
        )
    }

    /// A delivery that is settled without an attempt, such as one that was discarded at once, has no time at which it settled.
    @Test(arguments: DeliveryStatus.allCases)
    func `only what ended by an attempt is settled at a time`(status: DeliveryStatus) {
        let attempt = Attempt(at: Self.start, latency: .zero, httpStatus: nil, status: status)
        for history in [[], [attempt]] {
            let delivery = Delivery(provider: "p", adapter: "lago", mode: .primary, status: status, history: history)
            let isSettled = !history.isEmpty && status != .pending && status != .retrying
            #expect(timeline([delivery]).contains(#""type":"settled""#) == isSettled)
        }
    }

    @Test func `an event that corrects another says which, and how`() throws {
        let destination = Destination(provider: "p", adapter: "lago", mode: .primary)
            .correcting(.beside, .adjust, property: "units")
        let submission = Submission(
            tenant: "shop",
            client: "web",
            acceptedAt: Self.start,
            plan: Plan(route: nil, destinations: [destination])
        )
        func members(_ id: EventID) -> String {
            let event = AcceptedEvent(CanonicalEvent(name: "n", customerID: "c"), id: id, in: submission)
            return text { writer in
                writer.beginObject()
                EventWriter.writeMembers(of: ArchivedEvent(sequence: 1, event: event, deliveries: []), to: &writer)
                writer.endObject()
            }
        }
        #expect(
            members("correction-2:evt").hasSuffix(
                #""client":"web","route":null,"corrects":"evt","correction":"adjust","deliveries":[]}"#
            )
        )
        #expect(members("evt").hasSuffix(#""route":null,"deliveries":[]}"#))
        // Also where the original's id begins with a mark that makes another character of the colon.
        #expect(members("correction:\u{301}e").contains("\"corrects\":\"\u{301}e\""))
    }

    @Test func `a CloudEvent has every attribute in a fixed order`() {
        let event = AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: "c",
                subscriptionID: "s",
                timestamp: Self.start,
                source: "",
                properties: JSONText(checked: "{\r\n\"a\":1}"),
                vendor: JSONText(checked: #"{"lago":{}}"#)
            ),
            id: "e",
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Self.start,
                plan: Plan(route: "r", destinations: [])
            )
        )
        let archived = ArchivedEvent(sequence: .largest, event: event, deliveries: [])
        #expect(
            text { CloudEventWriter.write(archived, to: &$0) }
                == #"{"specversion":"1.0","id":"e","source":"tollgate","type":"api","subject":"c","#
                + #""time":"2026-03-01T12:00:01.003Z","subscriptionid":"s","datacontenttype":"application/json","#
                + #""data":{  "a":1},"tenant":"shop","client":"web","acceptedtime":"2026-03-01T12:00:01.003Z","#
                + #""sequence":"1152921504606846975","route":"r","vendorfields":"{\"lago\":{}}","deliveries":"[]"}"#
        )
    }
}
