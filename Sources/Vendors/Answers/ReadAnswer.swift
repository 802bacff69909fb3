import Events
import JSON

/// A vendor's answer to a question: its body if it is a good one, else why there is none.
struct ReadAnswer {
    /// The vendor's name, for messages.
    let vendor: String
    let answer: VendorAnswer

    /// The body of a 200 as JSON.
    var document: Result<JSONDocument, DeliveryFault> {
        guard answer.status == 200 else { return .failure(fault) }
        guard let document = JSONDocument.answer(answer.body) else { return .failure(notUnderstood) }
        return .success(document)
    }

    /// A body that is not what the vendor is known to send.
    var notUnderstood: DeliveryFault {
        DeliveryFault(
            code: .vendorError,
            message: "\(vendor) (\(answer.status)) gave an answer that is not understood",
            vendor: VendorWords.quoted(body: answer.body)
        )
    }

    /// Why an answer that is no 200 carries no result.
    var fault: DeliveryFault {
        let (code, what): (DeliveryErrorCode, String) =
            switch answer.status {
            case 300..<400: (.notFound, "sends requests on to another address; check the provider's base_url")
            case 401: (.unauthorized, "does not accept the provider's credential")
            case 402, 403: (.forbidden, "does not let the provider's credential read events")
            case 404, 405, 410: (.notFound, "has no such address or object")
            case 408: (.timeout, "gave up waiting")
            case 429: (.rateLimited, "takes no more requests for now")
            case 400..<500: (.invalidEvent, "refuses the question")
            case 500: (.vendorError, "failed inside")
            default: (.vendorUnavailable, "or a proxy before it is unavailable")
            }
        return DeliveryFault(
            code: code,
            message: "\(vendor) (\(answer.status)) \(what)",
            vendor: VendorWords.quoted(body: answer.body)
        )
    }
}

extension VendorInquiry {
    /// Asks, and reads the body of a 200; any other answer fails.
    static func read(
        _ request: VendorRequest,
        of vendor: String,
        _ next: @escaping @Sendable (JSONValue, DeliveryFault) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        .ask(request) { answer in
            let read = ReadAnswer(vendor: vendor, answer: answer)
            switch read.document {
            case .success(let document): return next(document.root, read.notUnderstood)
            case .failure(let fault): return .failed(fault)
            }
        }
    }
}

/// Joins parameters to a path.
enum QueryPath {
    static func path(_ path: String, _ parameters: [(name: String, value: String)]) -> String {
        guard !parameters.isEmpty else { return path }
        let pairs = parameters.map { name, value in
            "\(PercentEncoding.encoded(name))=\(PercentEncoding.encoded(value))"
        }
        return path + "?" + pairs.joined(separator: "&")
    }
}

/// Picks the members of a vendor's object that have no place in the canonical event.
enum OwnFields {
    /// The members of these names that are there and say something, as an object; nil if none is.
    static func picked(_ names: [String], from object: JSONValue) -> JSONText? {
        var writer = JSONWriter(capacity: 128)
        var isEmpty = true
        writer.beginObject()
        for name in names {
            guard let value = object[name], !value.isNull, value.string != "" else { continue }
            writer.member(name, raw: value.raw)
            isEmpty = false
        }
        writer.endObject()
        return isEmpty ? nil : JSONText(checked: writer.bytes[...])
    }
}

extension EventFilter {
    /// Whether an event that a vendor showed is one of those asked for. What the vendor does not show is not looked at.
    func takes(_ event: VendorEvent) -> Bool {
        (ids.isEmpty || event.id.map { id in ids.contains(EventID(id)) } ?? false)
            && (names.isEmpty || names.contains(event.name))
            && (customerIDs.isEmpty || event.customerID.map { customerIDs.contains($0) } ?? false)
            && (subscriptionIDs.isEmpty || event.subscriptionID.map { subscriptionIDs.contains($0) } ?? false)
            && (sources.isEmpty || event.source.map { sources.contains($0) } ?? false)
            && (from.map { $0 <= event.timestamp } ?? true) && (before.map { event.timestamp < $0 } ?? true)
    }
}

/// A page of a vendor that counts its pages. The cursor holds the size too: pages of another size would overlap.
struct CountedPage {
    let number: Int
    let size: Int

    /// Beyond it no vendor counts.
    private static let largestNumber = 1_000_000_000

    /// - Parameter largest: the vendor's limit.
    /// - Returns: nil if the cursor is none of ours.
    init?(_ query: VendorListQuery, largest: Int) {
        guard let cursor = query.cursor else {
            number = 1
            size = min(query.limit, largest)
            return
        }
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let size = parts[1],
            (1...Self.largestNumber).contains(number), (1...largest).contains(size)
        else {
            return nil
        }
        self.number = number
        self.size = size
    }

    /// The cursor of the page behind it.
    var next: String { "\(number + 1).\(size)" }
}
