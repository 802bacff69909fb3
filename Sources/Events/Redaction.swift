/// Removes one credential from what a vendor sent. It compares with the credential itself, so its length and alphabet do not matter.
package struct Redaction: Sendable {
    private let secret: Secret?

    /// Replaces the credential.
    private static let mark = "[redacted]"
    /// Minimum bytes of the start of a credential that are recognized where a text was cut inside it.
    private static let shortestPart = 4

    /// - Parameter secret: the credential to remove; nil removes nothing.
    package init(of secret: Secret?) {
        self.secret = secret
    }

    /// The text without the credential, plain or percent-encoded. A first part of either at the end, where the text was cut, is removed
    /// too.
    package func redacted(_ text: String) -> String {
        guard let secret = secret?.reveal(), !secret.isEmpty else { return text }
        // By bytes: a combining mark behind a credential makes another character of its last letter.
        var bytes = redacted(Array(text.utf8))
        let encoded = PercentEncoding.encoded(secret)
        if encoded != secret { bytes = bytes.replacing(Array(encoded.utf8), with: Array(Self.mark.utf8)) }
        return Self.withoutPart(of: [secret, encoded], String(decoding: bytes, as: UTF8.self))
    }

    /// The bytes without the credential, for a body that is passed on.
    package func redacted(_ bytes: [UInt8]) -> [UInt8] {
        guard let secret = secret?.reveal(), !secret.isEmpty else { return bytes }
        return bytes.replacing(Array(secret.utf8), with: Array(Self.mark.utf8))
    }

    /// - Parameter forms: the credential as it may be written.
    private static func withoutPart(of forms: [String], _ text: String) -> String {
        let cut = Array("…".utf8)
        let bytes = Array(text.utf8)
        guard bytes.suffix(cut.count).elementsEqual(cut) else { return text }
        let kept = bytes.dropLast(cut.count)
        let part = forms.map { longestPart(of: Array($0.utf8), endingIn: kept) }.max() ?? 0
        guard part > 0 else { return text }
        return String(decoding: kept.dropLast(part), as: UTF8.self) + mark + "…"
    }

    /// How many of a credential's first bytes the text ends in; 0 if they are too few to be recognized.
    private static func longestPart(of secret: [UInt8], endingIn text: ArraySlice<UInt8>) -> Int {
        let lengths = stride(from: secret.count - 1, through: shortestPart, by: -1)
        return lengths.first { text.suffix($0).elementsEqual(secret.prefix($0)) } ?? 0
    }
}

extension DeliveryFault {
    /// The fault without the credential in its text.
    package func redacted(by redaction: Redaction) -> DeliveryFault {
        DeliveryFault(code: code, message: redaction.redacted(message), vendor: vendor.map { redaction.redacted($0) })
    }
}

extension Outcome {
    /// The outcome without the credential in its text.
    package func redacted(by redaction: Redaction) -> Outcome {
        switch self {
        case .delivered, .resend: self
        case .retry(let fault, let after): .retry(fault.redacted(by: redaction), after: after)
        case .ambiguous(let fault, let after): .ambiguous(fault.redacted(by: redaction), after: after)
        case .reject(let fault): .reject(fault.redacted(by: redaction))
        case .park(let fault): .park(fault.redacted(by: redaction))
        }
    }
}

extension Verdict {
    /// The verdict without the credential in its text.
    package func redacted(by redaction: Redaction) -> Verdict {
        switch self {
        case .all(let outcome): .all(outcome.redacted(by: redaction))
        case .each(let outcomes): .each(outcomes.map { $0.redacted(by: redaction) })
        case .unnamed(let fault): .unnamed(fault.redacted(by: redaction))
        }
    }
}
