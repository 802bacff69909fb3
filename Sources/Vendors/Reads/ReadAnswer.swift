import Events
import JSON

/// A vendor's response to a question: its body if it is a good one, else why there is none.
struct ReadAnswer {
    /// The vendor's name, for messages.
    let vendor: String
    let answer: VendorAnswer

    /// The body of a 200 as JSON.
    var document: Result<JSONDocument, DeliveryFault> {
        guard answer.status == 200 else { return .failure(fault) }
        guard let document = JSONDocument(ifValid: answer.body) else { return .failure(notUnderstood) }
        return .success(document)
    }

    /// A body that is not what the vendor is known to send.
    var notUnderstood: DeliveryFault {
        DeliveryFault(
            code: .vendorError,
            message: "\(vendor) (\(answer.status)) sent an unrecognized response",
            vendor: VendorMessage.quoted(body: answer.body)
        )
    }

    /// Why an answer that is no 200 carries no result.
    var fault: DeliveryFault {
        let (code, what): (DeliveryErrorCode, String) =
            switch answer.status {
            case ..<300: (.vendorError, "sent an unrecognized response")
            case 300..<400: (.notFound, "redirects requests to another address; check the provider's base_url")
            case 401: (.unauthorized, "does not accept the provider's credential")
            case 402, 403: (.forbidden, "does not allow the provider's credential to read events")
            case 404, 405, 410: (.notFound, "has no such address or object")
            case 408: (.timeout, "timed out")
            case 429: (.rateLimited, "reports that its rate limit is exceeded")
            case 400..<500: (.invalidEvent, "refuses the request")
            case 500: (.vendorError, "failed inside")
            default: (.vendorUnavailable, "or a proxy in front of it is unavailable")
            }
        return DeliveryFault(
            code: code,
            message: "\(vendor) (\(answer.status)) \(what)",
            vendor: VendorMessage.quoted(body: answer.body)
        )
    }
}

extension VendorInquiry {
    /// Asks, and reads the body of a 200; any other answer fails.
    static func read(
        _ request: VendorRequest,
        of vendor: String,
        _ next: @escaping @Sendable (JSONValue, ReadAnswer) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        .ask(request) { answer in
            let read = ReadAnswer(vendor: vendor, answer: answer)
            switch read.document {
            case .success(let document): return next(document.root, read)
            case .failure(let fault): return .failed(fault)
            }
        }
    }
}
