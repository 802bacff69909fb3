import Foundation
import HTTPTypes

/// What tests and curious people ask of the sandbox itself: `/sandbox` and below.
struct SandboxControl: Sendable {
    let vendors: [String: SandboxResponder.VendorBooth]

    func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ query: [(name: String, value: String)],
        _ body: [UInt8]
    ) -> SimulatedAnswer {
        let parts = path.split(separator: "/").map(String.init)
        do {
            switch (method, parts.count) {
            case (.get, 1): return index()
            case (.delete, 1):
                for booth in vendors.values {
                    booth.simulator.books.forget()
                    booth.simulator.books.changeSettings { _ in booth.simulator.traits.standard }
                    booth.dice.set(Faults())
                    booth.limiter.forget()
                }
                return SimulatedAnswer(200, ["forgotten": true])
            case (_, 3):
                guard let booth = vendors[parts[1]] else {
                    throw BadControl(reason: "no vendor \"\(parts[1])\"; see GET /sandbox")
                }
                return try answer(method, parts[2], booth, query, body)
            default: throw BadControl(reason: "no such control; see GET /sandbox")
            }
        } catch let error as BadControl {
            return SimulatedAnswer(400, ["error": .string(error.reason)])
        } catch {
            return SimulatedAnswer(500, ["error": "the sandbox failed"])
        }
    }

    private func answer(
        _ method: HTTPRequest.Method,
        _ what: String,
        _ booth: SandboxResponder.VendorBooth,
        _ query: [(name: String, value: String)],
        _ body: [UInt8]
    ) throws -> SimulatedAnswer {
        let simulator = booth.simulator
        switch (method, what) {
        case (.get, "events"): return events(simulator.books, query)
        case (.put, "faults"):
            guard let json = SandboxJSON(body) else { throw BadControl(reason: "the body is not JSON") }
            booth.dice.set(try Faults(json))
            return SimulatedAnswer(200, ["faults": json])
        case (.delete, "faults"):
            booth.dice.set(Faults())
            return SimulatedAnswer(200, ["faults": [:]])
        case (.get, "settings"):
            return SimulatedAnswer(200, ["settings": simulator.books.settings.json(simulator.traits)])
        case (.put, "settings"):
            guard let json = SandboxJSON(body) else { throw BadControl(reason: "the body is not JSON") }
            let settings = try simulator.books.changeSettings { try $0.changed(by: json, simulator.traits) }
            return SimulatedAnswer(200, ["settings": settings.json(simulator.traits)])
        case (.delete, "settings"):
            let settings = simulator.books.changeSettings { _ in simulator.traits.standard }
            return SimulatedAnswer(200, ["settings": settings.json(simulator.traits)])
        case (.get, "planted"): return SimulatedAnswer(200, simulator.books.planted)
        case (.get, "bill"): return try bill(simulator, query)
        case (.post, "close"): return try close(simulator, body)
        case (.get, "calls"): return SimulatedAnswer(200, booth.limiter.json)
        case (.delete, "calls"):
            booth.limiter.forget()
            return SimulatedAnswer(200, booth.limiter.json)
        default:
            throw BadControl(
                reason:
                    "use GET events, bill, planted or calls; POST close; GET, PUT or DELETE settings; PUT or DELETE faults"
            )
        }
    }

    /// Everything that came, and what would be billed. `count=true` gives numbers only, `ids=true` ids only.
    private func events(_ books: Books, _ query: [(name: String, value: String)]) -> SimulatedAnswer {
        if query.contains(where: { $0.name == "count" && $0.value == "true" }) {
            let counts = books.counts
            return SimulatedAnswer(
                200,
                ["received": .number("\(counts.received)"), "billed": .number("\(counts.billed)")]
            )
        }
        let isShort = query.contains { $0.name == "ids" && $0.value == "true" }
        let limit = max(0, query.first { $0.name == "limit" }.flatMap { Int($0.value) } ?? .max)
        func list(_ entries: [Books.Entry]) -> SandboxJSON {
            .array(entries.prefix(limit).map { isShort ? .string($0.id) : $0.json })
        }
        return SimulatedAnswer(200, ["received": list(books.received), "billed": list(books.billed)])
    }

    /// What the vendor bills, worked out by its own rules.
    private func bill(_ simulator: any Simulator, _ query: [(name: String, value: String)]) throws -> SimulatedAnswer {
        guard let bill = simulator.bill(try BillQuestion(query), at: Date()) else {
            throw BadControl(reason: "\(simulator.vendor) bills nothing")
        }
        return SimulatedAnswer(
            200,
            [
                "billed_by": .string(simulator.billsByReceipt ? "receipt" : "event_time"),
                "lines": .array(bill.lines.map(\.json)), "after_close": .number("\(bill.afterClose)"),
            ]
        )
    }

    /// Ends periods: those up to `until`, or until now.
    private func close(_ simulator: any Simulator, _ body: [UInt8]) throws -> SimulatedAnswer {
        let (now, text) = (Date(), SandboxJSON(body)?["until"]?.string)
        guard let until = text.map({ SandboxTime.exact($0)?.milliseconds }) ?? SandboxTime.milliseconds(now) else {
            throw BadControl(reason: "until must be a time such as 2026-12-01T00:00:00Z")
        }
        guard text == nil || !simulator.billsByReceipt else {
            throw BadControl(
                reason: "\(simulator.vendor) bills by receipt, so its periods end when they are closed; leave until out"
            )
        }
        simulator.books.close(Closing(at: now, until: until))
        return SimulatedAnswer(
            200,
            ["closed_at": .string(SandboxTime.text(now)), "until": .string(SandboxTime.text(milliseconds: until))]
        )
    }

    /// All simulators, with how many events they received and would bill.
    private func index() -> SimulatedAnswer {
        let list = vendors.sorted { $0.key < $1.key }.map { name, booth -> SandboxJSON in
            let counts = booth.simulator.books.counts
            return [
                "vendor": .string(name), "prefix": .string("/\(name)"), "events": .string("/sandbox/\(name)/events"),
                "received": .number("\(counts.received)"), "billed": .number("\(counts.billed)"),
            ]
        }
        return SimulatedAnswer(200, ["vendors": .array(list)])
    }
}
