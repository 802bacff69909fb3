import Events
import Journal
import Testing

/// What is kept of an entry of the audit log.
@Suite struct AuditEntryTests {
    private func entry(_ text: String, details: [String: String] = [:]) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: 0),
            category: .signIn,
            action: text,
            tenant: nil,
            actor: text,
            keyID: text,
            remoteAddress: text,
            details: details
        )
    }

    @Test func `keeps texts up to the limit as they are`() {
        let text = String(repeating: "a", count: AuditEntry.textLimitBytes)
        let kept = entry(text, details: ["key": text])
        #expect(kept.action == text)
        #expect([kept.actor, kept.keyID, kept.remoteAddress, kept.details["key"]] == [text, text, text, text])
    }

    @Test(arguments: ["é", "€", "😀"])
    func `cuts longer texts, and never within a character`(character: String) {
        for shift in 0..<4 {
            let text = String(repeating: "a", count: shift) + String(repeating: character, count: 1024)
            let kept = entry(text, details: ["key": text])
            for part in [kept.action, kept.actor, kept.keyID, kept.remoteAddress, kept.details["key"]] {
                let part = part ?? ""
                #expect(text.hasPrefix(part))
                #expect(part.utf8.count <= AuditEntry.textLimitBytes)
                #expect(part.utf8.count > AuditEntry.textLimitBytes - character.utf8.count)
            }
        }
    }

    @Test func `keeps as many details as fit, in the order of their names`() {
        let details = Dictionary(uniqueKeysWithValues: (100..<200).map { ("k\($0)", "\($0)") })
        let kept = entry("a", details: details).details
        #expect(kept.keys.sorted() == (100..<100 + AuditEntry.detailLimit).map { "k\($0)" })
    }

    @Test func `keeps one of two details whose names become equal when they are cut`() {
        let name = String(repeating: "k", count: AuditEntry.textLimitBytes)
        #expect(entry("a", details: [name + "1": "1", name + "2": "2"]).details == [name: "1"])
    }
}
