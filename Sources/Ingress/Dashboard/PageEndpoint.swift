import Access
import Dashboard
import HTTPTypes

/// One row of the table of pages.
struct PageEndpoint: Sendable {
    typealias Handler = @Sendable (EndpointServices, PageCall) async throws -> PageAnswer

    let method: HTTPRequest.Method
    let path: PathPattern
    /// The screen that it belongs to, whose scope it needs.
    let screen: Screen
    /// What else the client needs; nil: nothing.
    let scope: Scope?
    let handler: Handler

    init(
        _ method: HTTPRequest.Method,
        _ path: PathPattern,
        of screen: Screen,
        needing scope: Scope? = nil,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.screen = screen
        self.scope = scope
        self.handler = handler
    }

    /// What a client lacks to use it; nil if nothing.
    func lacking(_ client: Client) -> Scope? {
        [screen.scope, scope].compactMap(\.self).first { !client.may($0) }
    }
}

/// The pages, found by method and path.
struct PageTable: Sendable {
    private let pages: [PageEndpoint]

    init(_ pages: [PageEndpoint] = PageEndpoint.all) {
        self.pages = pages
    }

    /// Finds the page of a method and a path.
    /// - Throws: ``Problem`` (404, 405).
    func find(_ method: HTTPRequest.Method, _ path: String) throws(Problem) -> (page: PageEndpoint, parameter: String) {
        let matches = pages.compactMap { page in page.path.match(path).map { (page: page, parameter: $0) } }
        // A path as it stands comes before a pattern that it fits as well.
        let exact = matches.filter { $0.page.path.variable == nil }
        let served = exact.isEmpty ? matches : exact
        guard !served.isEmpty else { throw .unknownPage(path) }
        let wanted: HTTPRequest.Method = method == .head ? .get : method
        guard let match = served.first(where: { $0.page.method == wanted }) else {
            throw .wrongMethod(method.rawValue, allowed: Set(served.map(\.page.method.rawValue)).sorted())
        }
        return match
    }
}

extension Problem {
    static func unknownPage(_ path: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-page",
            title: "Page not found",
            detail: "\"\(path.prefix(200))\" is not a page of the dashboard; the menu lists all screens"
        )
    }
}
