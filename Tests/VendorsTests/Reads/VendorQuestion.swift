import Events
import JSON
import Testing
import Vendors

/// How a question ended.
enum Ending: Equatable {
    case done
    case failed(DeliveryErrorCode)
    case unsupported
    /// It asks for more.
    case asks

    init<Value>(_ inquiry: VendorInquiry<Value>) {
        switch inquiry {
        case .done: self = .done
        case .failed(let fault): self = .failed(fault.code)
        case .unsupported: self = .unsupported
        case .ask: self = .asks
        }
    }

    /// How a question ends with one answer to its first request.
    static func after<Value>(_ answer: VendorAnswer, to inquiry: VendorInquiry<Value>) -> Ending {
        guard case .ask(_, let next) = inquiry else { return Ending(inquiry) }
        return Ending(next(answer))
    }
}

/// A question that a vendor can be asked, with an answer that it understands.
struct VendorQuestion: Sendable, CustomTestStringConvertible {
    let vendor: AdapterName
    let name: String
    let answer: String
    private let ask: @Sendable (any VendorReader, VendorAnswer) -> Ending

    init<Value>(
        _ vendor: AdapterName,
        _ name: String,
        _ answer: String,
        _ inquiry: @escaping @Sendable (any VendorReader) -> VendorInquiry<Value>
    ) {
        self.vendor = vendor
        self.name = name
        self.answer = answer
        ask = { reader, answer in Ending.after(answer, to: inquiry(reader)) }
    }

    var testDescription: String { "\(vendor): \(name)" }

    func ending(_ body: [UInt8], status: Int = 200) throws -> Ending {
        let reader = try #require(VendorRegistry.adapter(named: vendor)?.reader)
        return ask(reader, VendorAnswer(status: status, body: body))
    }

    func ending(_ body: String, status: Int = 200) throws -> Ending { try ending(Array(body.utf8), status: status) }
}

extension VendorQuestion {
    private static let window = ReadWindow(
        from: Timestamp(milliseconds: 1_772_323_200_000),
        until: Timestamp(milliseconds: 1_772_326_800_000)
    )
    private static let customer = UsageCustomer(id: "c", subscriptionID: "s")
    private static let query = VendorListQuery(filter: EventFilter(), order: .newestFirst, limit: 5, cursor: nil)
    private static let sent = TranslatedEvent(
        bytes: Array(#"{"event_id":"e","event_name":"n","timestamp":"2026-03-01T00:00:00Z"}"#.utf8),
        identity: "e"
    )
    private static let wanted = WantedEvent(id: "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11", known: nil, destination: nil)

    static let all: [VendorQuestion] = lago + polar + flexprice

    private static let lagoEvent =
        #"{"lago_id":"l","transaction_id":"t","code":"n","timestamp":"2026-03-01T00:00:00.000Z","properties":{"n":1}}"#

    private static let lago: [VendorQuestion] = [
        VendorQuestion("lago", "find", #"{"event":\#(lagoEvent)}"#) { $0.find(wanted) },
        VendorQuestion("lago", "list", #"{"events":[\#(lagoEvent)],"meta":{"next_page":null}}"#) { $0.list(query) },
        VendorQuestion("lago", "count", #"{"events":[\#(lagoEvent)],"meta":{"total_count":1}}"#) { $0.count(window) },
        VendorQuestion("lago", "window", #"{"events":[\#(lagoEvent)],"meta":{"next_page":2,"total_count":9}}"#) {
            $0.events(in: window, after: nil)
        },
        VendorQuestion("lago", "estimate", #"{"fees":[{"amount_currency":"EUR","amount_cents":5,"units":"1.0"}]}"#) {
            $0.estimate(sent)
        },
        VendorQuestion(
            "lago",
            "usage",
            #"{"customer_usage":{"from_datetime":"2026-03-01T00:00:00Z","to_datetime":"2026-03-31T23:59:59Z","charges_usage":[{"units":"1.0","billable_metric":{"code":"n"}}]}}"#
        ) { $0.usage(of: customer, metrics: ["n"], in: window) },
        VendorQuestion("lago", "catalogue", #"{"billable_metrics":[{"code":"n"}],"meta":{"next_page":null}}"#) {
            $0.catalogue()
        },
        VendorQuestion("lago", "customers", #"{"customers":[{"external_id":"c"}],"meta":{"next_page":null}}"#) {
            $0.customers(after: nil)
        },
        VendorQuestion("lago", "subscriptions", #"{"subscriptions":[{"external_id":"s"}],"meta":{"next_page":null}}"#) {
            $0.subscriptions(after: nil)
        },
        VendorQuestion("lago", "customer", #"{"customer":{"external_id":"c"}}"#) { $0.hasCustomer("c") },
    ]

    private static let polarEvent =
        #"{"id":"7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11","name":"n","timestamp":"2026-03-01T00:00:00Z","metadata":{"n":1}}"#
    private static let pages = #""pagination":{"total_count":1,"max_page":1}"#

    private static let polar: [VendorQuestion] = [
        VendorQuestion("polar", "find", polarEvent) { $0.find(wanted) },
        VendorQuestion("polar", "list", #"{"items":[\#(polarEvent)],\#(pages)}"#) { $0.list(query) },
        VendorQuestion("polar", "count", #"{"items":[\#(polarEvent)],\#(pages)}"#) { $0.count(window) },
        VendorQuestion("polar", "window", #"{"items":[\#(polarEvent)],\#(pages)}"#) {
            $0.events(in: window, after: nil)
        },
        VendorQuestion("polar", "ids", #"{"items":[\#(polarEvent)],\#(pages)}"#) {
            $0.events(withIDs: ["e"], in: "id")
        },
        VendorQuestion(
            "polar",
            "names",
            #"{"items":[{"name":"n","occurrences":2,"first_seen":"2026-03-01T00:00:00Z","last_seen":"2026-03-01T00:00:00Z"}],\#(pages)}"#
        ) { $0.names(EventFilter()) },
        VendorQuestion("polar", "resend", #"{"inserted":1,"duplicates":0}"#) { $0.resend([sent]) },
        VendorQuestion("polar", "sums", #"{"quantities":[{"timestamp":"2026-03-01T00:00:00Z","quantity":1.5}]}"#) {
            $0.sums(of: "m", in: window)
        },
        VendorQuestion("polar", "usage", #"{"items":[{"consumed_units":1.5,"customer":{}}],\#(pages)}"#) {
            $0.usage(of: "m")
        },
        VendorQuestion("polar", "catalogue", #"{"items":[{"id":"m"}],\#(pages)}"#) { $0.catalogue() },
        VendorQuestion("polar", "counted names", #"{"items":[{"id":"m"}],\#(pages)}"#) { $0.countedNames() },
        VendorQuestion("polar", "customers", #"{"items":[{"external_id":"c"}],\#(pages)}"#) {
            $0.customers(after: nil)
        },
        VendorQuestion("polar", "subscriptions", #"{"items":[{"id":"s"}],\#(pages)}"#) {
            $0.subscriptions(after: nil)
        },
    ]

    private static let flexpriceEvent =
        #"{"id":"e","event_name":"n","timestamp":"2026-03-01T00:00:00Z","properties":{"n":"1"}}"#

    private static let flexprice: [VendorQuestion] = [
        VendorQuestion("flexprice", "find", #"{"events":[\#(flexpriceEvent)],"has_more":false}"#) { $0.find(wanted) },
        VendorQuestion("flexprice", "list", #"{"events":[\#(flexpriceEvent)],"has_more":true}"#) { $0.list(query) },
        VendorQuestion("flexprice", "window", #"{"events":[\#(flexpriceEvent)],"has_more":false}"#) {
            $0.events(in: window, after: nil)
        },
        VendorQuestion("flexprice", "usage", #"{"items":[{"feature_id":"f","total_usage":"1"}]}"#) {
            $0.usage(of: customer, metrics: ["f"], in: window)
        },
        VendorQuestion(
            "flexprice",
            "catalogue",
            #"{"items":[{"id":"f","type":"metered","meter":{"event_name":"n"}}]}"#
        ) { $0.catalogue() },
        VendorQuestion("flexprice", "customers", #"{"items":[{"external_id":"c"}]}"#) { $0.customers(after: nil) },
        VendorQuestion("flexprice", "subscriptions", #"{"items":[{"id":"s"}]}"#) { $0.subscriptions(after: nil) },
    ]
}
