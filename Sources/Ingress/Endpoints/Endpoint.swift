import Access
import HTTPTypes
import Routing

/// One row of the table of endpoints.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (EndpointServices, EndpointCall) async throws -> EndpointResponse

    /// Who it is for.
    enum Audience: Sendable, Equatable {
        /// Anyone; a key is ignored.
        case open
        /// Anyone; a key must be valid if presented, and shows more.
        case openOrClient
        /// Clients.
        case client
        /// Operators, who may have a separate listener for it.
        case administration
    }

    /// Which requests it takes at its path.
    enum Content: Sendable, Equatable {
        case any
        /// CloudEvents alone: structured, in batches or binary. Other requests at the path may be for a facade.
        case cloudEvents

        /// Whether a request with these header fields is one.
        func includes(_ fields: HTTPFields) -> Bool {
            guard self == .cloudEvents else { return true }
            if fields.contains(where: { $0.name.canonicalName == "ce-specversion" }) { return true }
            let type = fields[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
            return type.hasPrefix("application/cloudevents+") || type.hasPrefix("application/cloudevents-batch+")
        }
    }

    let method: HTTPRequest.Method
    let path: PathPattern
    /// Which bodies it is for, where two endpoints share a path.
    let content: Content
    /// What the client must have; nil: any client may ask.
    let scope: Scope?
    /// Who may call it, and on which listener.
    let audience: Audience
    /// The class under which its requests are counted.
    let metricsClass: EndpointClass
    let handler: Handler
    /// Whether no key is needed on this listener, although it is for operators.
    private var isUnlocked = false

    init(
        _ method: HTTPRequest.Method,
        _ path: PathPattern,
        taking content: Content = .any,
        for audience: Audience,
        needing scope: Scope? = nil,
        countedAs metricsClass: EndpointClass,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.content = content
        self.scope = scope
        self.audience = audience
        self.metricsClass = metricsClass
        self.handler = handler
    }

    /// The same endpoint, open to anyone.
    var unlocked: Endpoint {
        var endpoint = self
        endpoint.isUnlocked = true
        return endpoint
    }

    /// Whether a request needs a key.
    /// - Parameter presentsKey: whether the request has one.
    func needsKey(presentsKey: Bool) -> Bool {
        switch audience {
        case .open: false
        case .openOrClient: presentsKey
        case .client, .administration: !isUnlocked
        }
    }
}
