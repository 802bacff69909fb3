import Events
import JSON

/// Knetik's data collector, served by the gateway: `POST /events` and `POST /batch`.
///
/// The account id in the query, its only credential, is the gateway's key here. The vendor promises errors as JSON and has published
/// no form for them; this is the form of a batch's results.
struct KnetikFacade: Dialect {
    static let name: AdapterName = "knetik"

    let adapter = KnetikFacade.name
    let prefixes = ["/knetik/v2"]
    let basePath = "/knetik"
    let bodyLimitBytes = 10 << 20

    /// All clients send `customerId`; the vendor's prose says `customer_id`.
    func presentedKey(in request: DialectRequest) -> String? {
        for name in ["customerId", "customer_id"] {
            if let key = request.parameter(name), !key.isEmpty { return key }
        }
        return nil
    }

    /// Knetik's data collector has two paths and accepts only POST.
    func call(for request: DialectRequest) -> DialectCall {
        guard request.path == "/events" || request.path == "/batch" else { return .unserved }
        guard request.method == "POST" else {
            return .answer(KnetikFacadeErrors.answer(to: .wrongMethod(allowed: "POST")))
        }
        if let answer = Self.answer(toType: request.header("Content-Type")) { return .answer(answer) }
        return .catching { () throws(EarlyAnswer) in
            try request.path == "/events" ? KnetikFacadeWrites.event(request) : KnetikFacadeWrites.batch(request)
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer { KnetikFacadeErrors.answer(to: refusal) }

    /// The Unity client's HTTP library puts the account id into a form in place of the event: then there is no key in the query
    /// either, and why not is worth more than that.
    func answer(withoutKey request: DialectRequest) -> DialectAnswer {
        Self.answer(toType: request.header("Content-Type")) ?? answer(to: .unauthorized)
    }

    /// The answer to a body of a type that is not read; nil if it is.
    private static func answer(toType contentType: String?) -> DialectAnswer? {
        guard let type = contentType?.prefix(while: { $0 != ";" }).lowercased() else { return nil }
        let name = type.filter { !$0.isWhitespace }
        if name == "application/json" || name.hasSuffix("+json") { return nil }
        guard name == "application/x-www-form-urlencoded" || name == "multipart/form-data" else {
            return KnetikFacadeErrors.failure(415, ["Content-Type must be application/json"])
        }
        return KnetikFacadeErrors.failure(
            400,
            [
                """
                the request is a form (\(name)) and carries no event: the client library has sent the parameter customerId \
                in place of the JSON body; put customerId into the query of the address and send the event as \
                application/json
                """
            ]
        )
    }
}
