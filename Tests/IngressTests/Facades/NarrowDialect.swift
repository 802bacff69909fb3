import Events

/// A language with two paths, below one prefix, so that what lies beside them can be seen.
struct NarrowDialect: Dialect {
    let adapter: AdapterName = "umbra"
    let prefixes = ["/umbra/api/v1"]
    let basePath = "/umbra/"
    let bodyLimitBytes = 1000

    func presentedKey(in request: DialectRequest) -> String? { request.header("X-Key") }

    func call(for request: DialectRequest) -> DialectCall {
        switch (request.method, request.path) {
        case ("POST", "/events"), ("POST", "/events/batch"), ("GET", "/events"):
            .answer(DialectAnswer(status: 200, headers: ["X-Method": request.method], body: Array("served".utf8)))
        default: .unserved
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer {
        if case .unserved(let advice) = refusal { return DialectAnswer(status: 501, body: Array(advice.utf8)) }
        if case .wrongMethod(let allowed) = refusal {
            return DialectAnswer(status: 405, headers: ["Allow": allowed], body: [])
        }
        return DialectAnswer(status: 401, body: [])
    }

    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        request.header("Origin") == nil ? nil : DialectAnswer(status: 204, contentType: nil, body: [])
    }

    func headers(for request: DialectRequest) -> [String: String] { ["X-Common": "yes"] }
}
