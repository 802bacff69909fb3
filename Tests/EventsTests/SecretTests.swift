import Events
import Testing

@Suite struct SecretTests {
    @Test func `shows one word, however it is printed`() {
        let secret = Secret("sk_live_123")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), String(describing: [secret]), dumped, "\(Optional(secret) as Any)",
        ] {
            #expect(!text.contains("sk_live_123"))
        }
        #expect(secret.reveal() == "sk_live_123")
    }
}
