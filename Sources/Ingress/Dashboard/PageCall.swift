import Access
import Dashboard
import Events
import Hummingbird

/// A request for a page by somebody who is signed in.
struct PageCall: Sendable {
    /// The request as an endpoint of the API sees it: the same reading of parameters and the same rights.
    let call: EndpointCall
    /// The digest of the session's token, for streams that end with it.
    let session: KeyDigest
    /// Whether the browser speaks TLS, with the gateway or with a proxy in front.
    let isSecure: Bool

    var client: Client { call.client }
    var caller: Caller { call.caller }
    var parameter: String { call.parameter }

    /// The fields of a form.
    /// - Throws: ``Problem`` (411, 413, 400).
    func form(limitBytes: Int = 1 << 20) async throws -> FormFields {
        FormFields(try await call.body.read(limitBytes: min(limitBytes, call.bodyLimitBytes)))
    }

    /// The fields of the query. An empty field of a filter's form counts as absent.
    var fields: FormFields { FormFields(call.query) }
}

/// The fields of a form or a query.
struct FormFields: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ query: Substring) {
        pairs = QueryText.pairs(query)
    }

    /// - Parameter body: as `application/x-www-form-urlencoded`.
    init(_ body: [UInt8]) {
        self.init(String(decoding: body, as: UTF8.self)[...])
    }

    /// The last value of a field; nil if it is absent or empty.
    subscript(_ name: String) -> String? {
        pairs.last { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// All values of a field that are not empty.
    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// What a table is sorted by; nil if the address does not say.
    /// - Throws: ``Problem`` for a column that it cannot be sorted by.
    func order<Column: SortColumn>(by columns: Column.Type = Column.self) throws(Problem) -> TableOrder<Column>? {
        guard let text = self[TableOrder<Column>.parameter] else { return nil }
        guard let order = TableOrder<Column>(text) else {
            throw .badParameter(TableOrder<Column>.parameter, "must be one of \(TableOrder<Column>.known)")
        }
        return order
    }

    /// The fields that are not empty as a query of the API: a comma within a value stays part of it.
    /// - Parameter names: those that the API has.
    func query(_ names: Set<String>) -> Substring {
        let given = pairs.filter { !$0.value.isEmpty && names.contains($0.name) }
        return PercentEncoding.query(given).dropFirst()
    }
}
