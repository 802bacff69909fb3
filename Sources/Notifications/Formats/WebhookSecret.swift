import Digest
package import Events
import Foundation

/// The secret by which a webhook is signed, as the Standard Webhooks specification writes it: `whsec_` and base64 of 24 to 64 bytes.
package struct WebhookSecret: Sendable {
    private let key: [UInt8]

    private static let prefix = "whsec_"

    /// - Throws: ``FaultyWebhookSecret``, which quotes nothing of it.
    package init(_ secret: Secret) throws(FaultyWebhookSecret) {
        let text = secret.reveal()
        guard text.hasPrefix(Self.prefix), let key = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            (24...64).contains(key.count)
        else { throw FaultyWebhookSecret() }
        self.key = [UInt8](key)
    }

    /// The header fields of a message (standardwebhooks.com, version 1 of the specification).
    /// - Parameter seconds: since 1970-01-01, when this attempt is made. Receivers refuse old ones.
    package func fields(id: String, seconds: Int64, body: [UInt8]) -> [(name: String, value: String)] {
        let code = HMAC.code(of: Array("\(id).\(seconds).".utf8) + body, key: key)
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
        ]
    }
}

/// A text is not a secret of a webhook.
package struct FaultyWebhookSecret: Error, Equatable, CustomStringConvertible {
    package var description: String {
        "the secret must be \"whsec_\" and the base64 of 24 to 64 random bytes: "
            + "echo \"whsec_$(openssl rand -base64 32)\" makes one"
    }
}
