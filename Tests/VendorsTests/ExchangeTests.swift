import Events
import Foundation
import Testing
import Vendors

/// Plays every file in `Exchanges/VENDOR`.
@Suite struct ExchangeTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Exchanges")

    /// Files of all vendors, as `vendor/name.exchange`.
    static let files: [String] = {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".exchange") }.sorted()
    }()

    @Test(arguments: VendorRegistry.all.map(\.traits.adapter))
    func `every vendor has exchanges`(vendor: AdapterName) {
        #expect(Self.files.count { $0.hasPrefix("\(vendor)/") } >= 10)
    }

    @Test(arguments: files)
    func `an exchange goes as its file says`(file: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let exchange = try ExchangeReader.read(text, file: file)
        let name = AdapterName(String(file.prefix { $0 != "/" }))
        let adapter = try #require(TestedVendors.adapter(named: name), "\(file): no vendor has this name")
        let player = ExchangePlayer(adapter: adapter, exchange: exchange, file: file)
        player.play()
    }
}

/// Holds an adapter against an exchange.
struct ExchangePlayer {
    let adapter: any Adapter
    let exchange: Exchange
    let file: String

    func play() {
        let translated = exchange.events.compactMap(translate)
        guard translated.count == exchange.events.count(where: { $0.refusal == nil }), let request = exchange.request
        else { return }
        let made = adapter.request(carrying: translated)
        #expect(made.method == request.method, "\(file):\(request.line)")
        #expect(made.path == request.path, "\(file):\(request.line)")
        #expect(made.contentType == request.contentType, "\(file):\(request.line)")
        #expect(String(decoding: made.body, as: UTF8.self) == request.body, "\(file):\(request.line + 1)")
        for answer in exchange.answers { check(answer, for: translated) }
    }

    private var destination: Destination {
        Destination(
            provider: "account",
            adapter: adapter.traits.adapter,
            mode: .primary,
            rename: exchange.rename,
            settings: exchange.settings
        )
    }

    private func translate(_ event: Exchange.Event) -> TranslatedEvent? {
        do {
            let translated = try adapter.translate(event.event, for: destination)
            if let refusal = event.refusal { Issue.record("\(file):\(refusal.line): the event was translated") }
            if let moment = event.notBefore { #expect(translated.notBefore == moment, "\(file):\(event.line)") }
            return event.refusal == nil ? translated : nil
        } catch {
            guard let refusal = event.refusal else {
                Issue.record("\(file):\(event.line): \(error.field): \(error.message)")
                return nil
            }
            #expect(error.field == refusal.field, "\(file):\(refusal.line)")
            #expect(error.message.hasFragment(refusal.fragment), "\(file):\(refusal.line): \(error.message)")
            return nil
        }
    }

    private func check(_ answer: Exchange.Answer, for events: [TranslatedEvent]) {
        let given = VendorAnswer(status: answer.status, headers: answer.headers, body: Array((answer.body ?? "").utf8))
        let verdict = adapter.verdict(of: given, for: events)
        #expect(verdict.lines == answer.outcomes.map(\.text), "\(file):\(answer.line)")
        for (expected, fault) in zip(answer.outcomes, verdict.faults) {
            guard let fragment = expected.fragment else { continue }
            let text = fault?.everything ?? ""
            #expect(text.hasFragment(fragment), "\(file):\(expected.line): \(text)")
        }
        for (secret, fault) in answer.secrets.flatMap({ secret in verdict.faults.map { (secret, $0) } }) {
            #expect(!(fault?.everything.contains(secret) ?? false), "\(file):\(answer.line): \(secret) leaks")
        }
    }
}

extension String {
    fileprivate func hasFragment(_ fragment: String) -> Bool {
        fragment.isEmpty || contains(fragment)
    }
}
