import Events
import JSON
import TestSupport
import Testing
import Vendors

/// What each vendor does about each correction, by how its metric aggregates.
@Suite struct CorrectionTableTests {
    /// What is expected of one change.
    enum Expected: String {
        case beside, replace, no
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let vendor: AdapterName
        let store: String?
        let aggregate: MetricAggregate
        let void: Expected
        let adjust: Expected

        var testDescription: String { "\(vendor) \(store ?? "") \(aggregate)" }
    }

    private static func rows(_ vendor: AdapterName, _ store: String? = nil, _ cells: [(Expected, Expected)]) -> [Row] {
        zip([MetricAggregate.sum, .count, .unique, .latest, .max], cells).map {
            Row(vendor: vendor, store: store, aggregate: $0, void: $1.0, adjust: $1.1)
        }
    }

    /// The columns are sum, count, unique, latest, max; each with what a void and an adjustment do.
    static let table =
        rows("lago", "postgres", [(.beside, .beside), (.no, .no), (.beside, .no), (.no, .no), (.no, .no)])
        + rows(
            "lago",
            "clickhouse",
            [(.replace, .replace), (.no, .no), (.beside, .no), (.no, .replace), (.replace, .replace)]
        )
        + rows("polar", nil, [(.beside, .beside), (.no, .no), (.no, .no), (.no, .no), (.no, .no)])
        + rows("flexprice", nil, [(.replace, .replace), (.no, .no), (.no, .no), (.no, .replace), (.replace, .replace)])
        + rows("knetik", nil, [(.no, .no), (.no, .no), (.no, .no), (.no, .no), (.no, .no)])

    @Test func `names every registered vendor, and each of its stores`() {
        let named = Set(Self.table.map { "\($0.vendor) \($0.store ?? "")" })
        let known = VendorRegistry.all.flatMap { adapter in
            adapter.traits.billing.corrections.map { "\(adapter.traits.adapter) \($0.store ?? "")" }
        }
        #expect(named == Set(known) && known.count == named.count)
    }

    @Test(arguments: table)
    func `corrects as the vendor can, and says why where it cannot`(row: Row) throws {
        let traits = try #require(VendorRegistry.adapter(named: row.vendor)?.traits)
        let corrections = try #require(traits.billing.corrections.first { $0.store == row.store })
        let changes: [(CorrectionOrder.Change, Expected)] = [
            (.void, row.void), (.adjust(JSONText(checked: #"{"units":4}"#)), row.adjust),
        ]
        for (change, expected) in changes {
            let order = CorrectionOrder(change, aggregate: row.aggregate, property: "units")
            let decision = CorrectionDecision(order, at: traits.vendor, corrections)
            switch (decision.step(from: JSONText(checked: #"{"units":7,"region":"eu"}"#)), expected) {
            case (.beside, .beside), (.replace, .replace): break
            case (.impossible(let reason), .no): #expect(reason.count > 20, "\(reason)")
            case (let step, _): Issue.record("\(change): \(step)")
            }
        }
    }

    /// A destination at a vendor for a correction.
    private func destination(_ adapter: any Adapter, _ style: CorrectionStyle? = nil) -> Destination {
        let plain = SampleEvent.destination(adapter)
        return style.map { plain.correcting($0, .adjust, property: "units") } ?? plain
    }

    private func event(_ id: String, units: Int, at destination: Destination, scope: String = "") -> AcceptedEvent {
        let sample = SampleEvent.accepted(id: id, scope: scope, properties: #"{"units":\#(units)}"#)
        return AcceptedEvent(
            Submission(
                tenant: sample.tenant,
                client: sample.client,
                acceptedAt: sample.acceptedAt,
                plan: Plan(route: "default", destinations: [destination])
            ),
            id: sample.id,
            idScope: sample.idScope,
            name: sample.name,
            customerID: sample.customerID,
            subscriptionID: sample.subscriptionID,
            timestamp: sample.timestamp,
            timestampWasGiven: true,
            source: sample.source,
            properties: sample.properties,
            vendor: sample.vendor
        )
    }

    @Test(arguments: ["lago", "flexprice"] as [AdapterName], ["", "sub_1", "other"])
    func `a replacement has the original's identity and other properties`(vendor: AdapterName, scope: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let (plain, replacing) = (destination(adapter), destination(adapter, .replacing))
        let original = try adapter.translate(event("evt-1", units: 7, at: plain, scope: scope), for: plain)
        let correction = event("correction:evt-1", units: 4, at: replacing, scope: scope)
        var translator = Translator(adapter)
        for sent in [
            try adapter.translate(correction, for: replacing), try translator.translate(correction, for: replacing),
        ] {
            #expect(sent.identity == original.identity)
            let text = String(decoding: sent.bytes, as: UTF8.self)
            #expect(text == String(decoding: original.bytes, as: UTF8.self).replacing("7}", with: "4}"))
        }
        let beside = destination(adapter, .beside)
        let besideIt = event("correction-2:evt-1", units: -7, at: beside, scope: scope)
        let another = try adapter.translate(besideIt, for: beside)
        #expect(another.identity != original.identity && another.identity.hasSuffix("correction-2:evt-1"))
    }

    @Test func `what a vendor is asked for is the event that was sent`() throws {
        let adapter = try #require(VendorRegistry.adapter(named: "lago"))
        let replacing = destination(adapter, .replacing)
        let correction = event("void-replace:evt-1", units: 0, at: replacing)
        let wanted = WantedEvent(id: correction.id, known: correction, destination: replacing)
        guard case .ask(let request, _) = try #require(adapter.reader).find(wanted) else {
            Issue.record("Lago can be asked")
            return
        }
        #expect(request.path == "/api/v1/events/evt-1")
    }

    @Test(arguments: [
        (#"{"lago_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}"#, "postgres"),
        (#"{"lago_id":"org-sub-evt-1772366400"}"#, "clickhouse"), (#"{"created_at":"2026-03-01T12:00:01Z"}"#, nil),
    ])
    func `Lago's store is known by its own id of an event`(own: String, store: String?) throws {
        let reader = try #require(VendorRegistry.adapter(named: "lago")?.reader)
        let shown = VendorEvent(
            id: "e",
            name: "n",
            timestamp: Timestamp(milliseconds: 0),
            own: JSONText(checked: own)
        )
        #expect(reader.store(of: shown) == store)
    }
}
