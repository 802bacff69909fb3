import Events

/// Verdicts and outcomes in the words of an exchange.
extension Verdict {
    /// One line for all, or a line for each event.
    var lines: [String] {
        switch self {
        case .all(let outcome): ["all \(outcome.text)"]
        case .each(let outcomes): outcomes.map(\.text)
        case .unnamed(let fault): ["unnamed \(fault.code.rawValue)"]
        }
    }

    /// The fault behind each of ``lines``; nil where all is well.
    var faults: [DeliveryFault?] {
        switch self {
        case .all(let outcome): [outcome.fault]
        case .each(let outcomes): outcomes.map(\.fault)
        case .unnamed(let fault): [fault]
        }
    }
}

extension Outcome {
    var text: String {
        switch self {
        case .delivered(let deduplicated): deduplicated ? "delivered deduplicated" : "delivered"
        case .resend: "resend"
        case .retry(let fault, let after): "retry \(fault.code.rawValue)" + (after.map { " \($0.text)" } ?? "")
        case .ambiguous(let fault, let after):
            "ambiguous \(fault.code.rawValue)" + (after.map { " \($0.text)" } ?? "")
        case .reject(let fault): "reject \(fault.code.rawValue)"
        case .park(let fault): "park \(fault.code.rawValue)"
        }
    }

    var fault: DeliveryFault? {
        switch self {
        case .delivered, .resend: nil
        case .retry(let fault, _), .ambiguous(let fault, _), .reject(let fault), .park(let fault): fault
        }
    }

    var isDelivered: Bool {
        if case .delivered = self { true } else { false }
    }
}

extension RetryAfter {
    var text: String {
        switch self {
        case .delay(let delay):
            delay.wholeMilliseconds % 1000 == 0
                ? "after \(delay.wholeMilliseconds / 1000)s" : "after \(delay.wholeMilliseconds)ms"
        case .at(let timestamp): "at \(timestamp.rfc3339)"
        }
    }
}

extension DeliveryFault {
    /// All that a person would see.
    var everything: String { "\(message) | \(vendor ?? "")" }
}
