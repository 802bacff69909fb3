import Events
import Testing

@Suite struct IdentifierTests {
    @Test func `compares byte for byte, not by how letters look`() {
        let composed = TenantID("caf\u{E9}")
        let decomposed = TenantID("cafe\u{301}")
        #expect(composed.rawValue == decomposed.rawValue)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed == TenantID("caf\u{E9}"))
    }
}
