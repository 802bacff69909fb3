import Foundation
import TestSupport
import Testing

@testable import Sandbox

/// Lists from the index are what going through all events would give.
@Suite struct ListOracleTests {
    private struct Sample {
        let id: String
        /// Milliseconds since 1970.
        let time: Int
        let name: String
        let customer: String
        let arrival: Int
    }

    private static let base = 1_793_400_000_000

    /// Few times, names and customers, so that all of them meet.
    private func samples(_ random: inout SeededRandom) -> [Sample] {
        (0..<600).map { number in
            Sample(
                id: "e\(Int.random(in: 0..<1_000_000, using: &random))-\(number)",
                time: Self.base + Int.random(in: 0..<40, using: &random) * 250,
                name: "n\(Int.random(in: 0..<3, using: &random))",
                customer: "c\(Int.random(in: 0..<4, using: &random))",
                arrival: number / 50
            )
        }
    }

    private func text(_ milliseconds: Int) -> String { SandboxTime.text(milliseconds: milliseconds) }

    private func page(_ all: [String], _ number: Int, _ size: Int) -> [String] {
        Array(all.dropFirst((number - 1) * size).prefix(size))
    }

    private func before(_ one: String, _ other: String) -> Bool { one.utf8.lexicographicallyPrecedes(other.utf8) }

    @Test(arguments: ["postgres", "clickhouse"])
    func `Lago`(store: String) throws {
        var random = SeededRandom()
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(store)"}"#)
        let all = samples(&random)
        for arrival in 0...11 {
            let batch = all.filter { $0.arrival == arrival }.map { sample in
                let seconds = "\(sample.time / 1000).\(String("\(1000 + sample.time % 1000)".dropFirst()))"
                return ProbeEvent.lago(sample.id, seconds, code: sample.name, customer: sample.customer)
            }
            #expect(probe.send(batch, after: Double(arrival)).status == 200)
        }
        for _ in 0..<200 {
            let name = Bool.random(using: &random) ? "n\(Int.random(in: 0..<4, using: &random))" : nil
            let customer = Bool.random(using: &random) ? "c\(Int.random(in: 0..<5, using: &random))" : nil
            let from = Bool.random(using: &random) ? Self.base + Int.random(in: 0..<10_000, using: &random) : nil
            let to = Bool.random(using: &random) ? Self.base + Int.random(in: 0..<10_000, using: &random) : nil
            let (number, size) = (Int.random(in: 1..<5, using: &random), Int.random(in: 1..<60, using: &random))
            let expected = all.filter { sample in
                (name.map { $0 == sample.name } ?? true) && (customer.map { $0 == sample.customer } ?? true)
                    && (from.map { $0 <= sample.time } ?? true) && (to.map { sample.time <= $0 } ?? true)
            }.sorted { left, right in
                let (one, other) = store == "postgres" ? (left.time, right.time) : (left.arrival, right.arrival)
                return one == other ? before(left.id, right.id) : one > other
            }.map(\.id)
            var query = [("page", "\(number)"), ("per_page", "\(size)")]
            if let name { query.append(("code", name)) }
            if let customer { query.append(("external_subscription_id", customer)) }
            if let from { query.append(("timestamp_from", text(from))) }
            if let to { query.append(("timestamp_to", text(to))) }
            let found = probe.list(query, after: 20)
            #expect(found.shown == page(expected, number, size), "seed \(SeededRandom.seed) \(query)")
            #expect(found.total == expected.count, "seed \(SeededRandom.seed) \(query)")
        }
    }

    @Test func `Polar`() {
        var random = SeededRandom()
        let probe = SimulatorProbe.polar
        let all = samples(&random)
        probe.send(
            all.map { sample in
                let more = #","metadata":{"kind":"\#(sample.customer)","id":"\#(sample.id)"}"#
                return ProbeEvent.polar(
                    sample.id,
                    text(sample.time),
                    name: sample.name,
                    customer: sample.customer,
                    more: more
                )
            }
        )
        for _ in 0..<200 {
            let names = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                "n\(Int.random(in: 0..<4, using: &random))"
            }
            let customers = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                "c\(Int.random(in: 0..<5, using: &random))"
            }
            let kinds = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                "c\(Int.random(in: 0..<5, using: &random))"
            }
            let from = Bool.random(using: &random) ? Self.base + Int.random(in: 0..<10_000, using: &random) : nil
            let to = Bool.random(using: &random) ? Self.base + Int.random(in: 0..<10_000, using: &random) : nil
            let isUpward = Bool.random(using: &random)
            let (number, size) = (Int.random(in: 1..<5, using: &random), Int.random(in: 1..<60, using: &random))
            let expected = all.filter { sample in
                (names.isEmpty || names.contains(sample.name))
                    && (customers.isEmpty || customers.contains(sample.customer))
                    && (kinds.isEmpty || kinds.contains(sample.customer))
                    && (from.map { $0 < sample.time } ?? true) && (to.map { sample.time < $0 } ?? true)
            }
            let times = expected.map(\.time).sorted { isUpward ? $0 < $1 : $0 > $1 }.map(text)
            var query = [("page", "\(number)"), ("limit", "\(size)")]
            query.append(("sorting", isUpward ? "timestamp" : "-timestamp"))
            query += names.map { ("name", $0) } + customers.map { ("external_customer_id", $0) }
            query += kinds.map { ("metadata[kind]", $0) }
            if let from { query.append(("start_timestamp", text(from))) }
            if let to { query.append(("end_timestamp", text(to))) }
            let answer = probe.get("/v1/events/", query: query).json
            let items = answer["items"]?.array ?? []
            let shown = items.compactMap { $0["timestamp"]?.string }
            let wanted = page(times, number, size)
            #expect(shown.compactMap(SandboxTime.read) == wanted.compactMap(SandboxTime.read), "\(SeededRandom.seed)")
            let ids = Set(items.compactMap { $0["metadata"]?["id"]?.string })
            #expect(ids.count == items.count && ids.isSubset(of: expected.map(\.id)), "seed \(SeededRandom.seed)")
            let total = answer["pagination"]?["total_count"]?.number
            #expect(total == (wanted.isEmpty ? "0" : "\(expected.count)"), "seed \(SeededRandom.seed)")
        }
    }

    @Test func `Flexprice`() {
        var random = SeededRandom()
        let probe = SimulatorProbe.flexprice
        let all = samples(&random)
        probe.send(
            all.map { ProbeEvent.flexprice($0.id, text($0.time), name: $0.name, customer: $0.customer) }
        )
        for _ in 0..<200 {
            let name = Bool.random(using: &random) ? "n\(Int.random(in: 0..<4, using: &random))" : nil
            let customer = Bool.random(using: &random) ? "c\(Int.random(in: 0..<5, using: &random))" : nil
            let start = Self.base / 1000 + Int.random(in: 0..<6, using: &random)
            let end = start + Int.random(in: 0..<6, using: &random)
            let isUpward = Bool.random(using: &random)
            let size = Int.random(in: 1..<60, using: &random)
            let key = Bool.random(using: &random) ? all.randomElement(using: &random) : nil
            let isFirst = Bool.random(using: &random)
            let offset = Int.random(in: 0..<80, using: &random)
            let second = key.map { $0.time / 1000 * 1000 }
            let expected = all.filter { sample in
                guard (name.map { $0 == sample.name } ?? true) && (customer.map { $0 == sample.customer } ?? true),
                    (start * 1000...end * 1000).contains(sample.time)
                else { return false }
                guard let key, let second else { return true }
                if isFirst { return sample.time > second || sample.time == second && before(key.id, sample.id) }
                return sample.time < second || sample.time == second && before(sample.id, key.id)
            }.sorted { left, right in
                if left.time == right.time { return before(right.id, left.id) }
                return isUpward ? left.time < right.time : left.time > right.time
            }.map(\.id)
            var query = [
                ("page_size", "\(size)"), ("offset", "\(offset)"), ("order", isUpward ? "asc" : "desc"),
                ("start_time", text(start * 1000 + 250)), ("end_time", text(end * 1000 + 999)),
            ]
            if let name { query.append(("event_name", name)) }
            if let customer { query.append(("external_customer_id", customer)) }
            if let key {
                query.append((isFirst ? "iter_first_key" : "iter_last_key", "\(key.time * 1_000_000)::\(key.id)"))
            }
            let found = probe.list(query)
            #expect(found.shown == Array(expected.dropFirst(key == nil ? offset : 0).prefix(size)), "\(query)")
            #expect(found.total == expected.count, "seed \(SeededRandom.seed) \(query)")
        }
    }
}
