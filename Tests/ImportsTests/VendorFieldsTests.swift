import Events
import Imports
import JSON
import Testing

/// What is said of a vendor's event that lacks a field, or has another value in it.
@Suite struct VendorFieldsTests {
    /// A format with the members of a good event, and the fields that it needs by their paths.
    private struct Form: Sendable, CustomTestStringConvertible {
        let format: ImportFormat
        let members: [(name: String, json: String)]
        /// The paths, and the fields of the gateway's events that they are.
        let needed: [(path: String, field: String)]

        var testDescription: String { format.rawValue }

        /// The event with another value, or without it if that is nil.
        func event(_ name: String = "", _ json: String? = nil) -> String {
            let all = members.compactMap { member in
                member.name == name ? json.map { #""\#(name)":\#($0)"# } : #""\#(member.name)":\#(member.json)"#
            }
            return "{\(all.joined(separator: ","))}"
        }
    }

    private static let forms = [
        Form(
            format: .lago,
            members: [
                ("transaction_id", #""e""#), ("external_subscription_id", #""s""#), ("code", #""n""#),
                ("timestamp", "1"),
            ],
            needed: [
                ("external_subscription_id", "subscription_id"), ("transaction_id", "id"), ("code", "name"),
                ("timestamp", "timestamp"),
            ]
        ),
        Form(
            format: .polar,
            members: [
                ("id", #""e""#), ("external_customer_id", #""c""#), ("name", #""n""#), ("timestamp", "1"),
            ],
            needed: [
                ("id", "id"), ("name", "name"), ("external_customer_id", "customer_id"), ("timestamp", "timestamp"),
            ]
        ),
        Form(
            format: .flexprice,
            members: [
                ("id", #""e""#), ("external_customer_id", #""c""#), ("event_name", #""n""#), ("timestamp", "1"),
            ],
            needed: [
                ("external_customer_id", "customer_id"), ("timestamp", "timestamp"), ("id", "id"),
                ("event_name", "name"),
            ]
        ),
        Form(
            format: .stripe,
            members: [
                ("identifier", #""e""#), ("payload", #"{"stripe_customer_id":"c"}"#), ("event_name", #""n""#),
                ("timestamp", "1"),
            ],
            needed: [("identifier", "id"), ("event_name", "name"), ("timestamp", "timestamp")]
        ),
        Form(
            format: .openmeter,
            members: [
                ("id", #""e""#), ("subject", #""c""#), ("type", #""n""#), ("time", "1"), ("source", #""s""#),
            ],
            needed: [
                ("source", "source"), ("id", "id"), ("time", "timestamp"), ("type", "name"), ("subject", "customer_id"),
            ]
        ),
        Form(
            format: .ndjson,
            members: [("name", #""n""#), ("customer_id", #""c""#), ("timestamp", "1")],
            needed: [("name", "name"), ("timestamp", "timestamp")]
        ),
    ]

    @Test(arguments: forms)
    private func `reads the least that an event has`(form: Form) async throws {
        let read = try await ImportFile(form.event(), form.format)
        #expect(read.items.count == 1 && read.tally.events == 1, "\(read.items)")
    }

    @Test(arguments: forms, [nil, "null", "\"\""])
    private func `names each field that is missing or empty`(form: Form, json: String?) async throws {
        for (path, field) in form.needed {
            let read = try await ImportFile(form.event(path, json), form.format)
            #expect(
                read.items == [
                    "1: \"\(path)\" is missing or empty; use --map \(field)=NAME if \(field) has another name"
                ]
            )
            #expect(read.tally.faults == 1 && read.tally.events == 0)
        }
    }

    @Test(arguments: forms, [("{}", "an object"), ("[]", "an array"), ("true", "true or false")])
    private func `names each field that is no text`(form: Form, wrong: (String, String)) async throws {
        for (path, _) in form.needed {
            let read = try await ImportFile(form.event(path, wrong.0), form.format)
            #expect(read.items == ["1: \"\(path)\" must be a string, found \(wrong.1)"])
        }
    }

    @Test(arguments: forms)
    private func `finds each field under another name`(form: Form) async throws {
        for (path, field) in form.needed {
            let renamed = form.event().replacing("\"\(path)\":", with: "\"other\":")
            let read = try await ImportFile(renamed, form.format, map: "\(field)=other")
            #expect(read.tally.events == 1, "\(path): \(read.items)")
            let same = try await ImportFile(form.event(), form.format)
            // IDs that are made follow from the event that was made, not from the names in the file.
            #expect(read.items == same.items, "\(path)")
        }
    }

    @Test(arguments: forms)
    private func `reads on after an event that is none`(form: Form) async throws {
        let file = [form.event(), "[1]", form.event(), "{", form.event(), "{}"].joined(separator: "\n")
        let read = try await ImportFile(file, form.format)
        #expect(read.tally.events == 3 && read.items.count == 6, "\(read.items)")
        #expect(read.items.map { $0.hasPrefix("{") } == [true, false, true, false, true, false])
    }

    // MARK: - One by one

    @Test(arguments: [
        (#""12.5""#, #","vendor":{"lago":{"precise_total_amount_cents":"12.5"}}"#),
        ("12.50", #","vendor":{"lago":{"precise_total_amount_cents":"12.50"}}"#),
        (
            "12345678901234567890.123456789",
            #","vendor":{"lago":{"precise_total_amount_cents":"12345678901234567890.123456789"}}"#
        ),
        ("null", ""),
    ])
    func `keeps the amount of a Lago event to the last digit`(json: String, expected: String) async throws {
        let event =
            #"{"transaction_id":"e","external_subscription_id":"s","code":"n","timestamp":1,"#
            + #""precise_total_amount_cents":\#(json)}"#
        #expect(
            try await ImportFile(event, .lago).items == [
                #"{"id":"lago:s/e","name":"n","subscription_id":"s","timestamp":"1970-01-01T00:00:01.000Z"\#(expected)}"#
            ]
        )
    }

    @Test(arguments: [
        (#""user""#, true), ("null", true), ("7", true), (#""system""#, false), (#""USER""#, false), ("\"\"", false),
    ])
    func `imports of Polar's events those that a user has sent`(source: String, isImported: Bool) async throws {
        let event = #"{"id":"e","name":"n","external_customer_id":"c","timestamp":1,"source":\#(source)}"#
        let read = try await ImportFile(event, .polar)
        #expect(read.tally.events == (isImported ? 1 : 0) && read.tally.faults == 0)
        #expect(read.tally.omitted == (isImported ? [:] : ["events that Polar made itself": 1]))
    }

    @Test func `names Stripe's customer by its path`() async throws {
        for payload in ["{}", "null", #"{"stripe_customer_id":""}"#] {
            let event = #"{"identifier":"e","event_name":"n","timestamp":1,"payload":\#(payload)}"#
            #expect(
                try await ImportFile(event, .stripe).items == [
                    #"1: "payload.stripe_customer_id" is missing or empty; use --map customer_id=NAME if customer_id has another name"#
                ]
            )
        }
        let event = #"{"identifier":"e","event_name":"n","timestamp":1,"payload":{"account":"c","value":"2"}}"#
        let read = try await ImportFile(event, .stripe, map: "customer_id=payload.account")
        #expect(
            read.items == [
                #"{"id":"stripe:e","name":"n","customer_id":"c","timestamp":"1970-01-01T00:00:01.000Z","#
                    + #""properties":{"account":"c","value":2}}"#
            ]
        )
    }

    @Test(arguments: [
        (#"{"event":{"id":"e","subject":"c","type":"n","time":1,"source":"s"}}"#, true),
        (#"{"event":"x","id":"e","subject":"c","type":"n","time":1,"source":"s"}"#, true), (#"{"event":{}}"#, false),
        (#"{"event":null}"#, false),
    ])
    func `reads OpenMeter's events plain, and within an element of its list`(text: String, isEvent: Bool) async throws {
        let read = try await ImportFile(text, .openmeter)
        #expect(read.tally.events == (isEvent ? 1 : 0) && read.tally.faults == (isEvent ? 0 : 1), "\(read.items)")
    }
}
