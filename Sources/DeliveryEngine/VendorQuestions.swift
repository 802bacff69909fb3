package import AsyncHTTPClient
package import Events
package import Routing

/// Asks a vendor on a client's behalf, and waits for the answer: reads and estimates, never events.
package struct VendorQuestions: Sendable {
    private let routes: CurrentRoutes
    private let client: HTTPClient
    private let credentials: any CredentialResolving

    package init(routes: CurrentRoutes, client: HTTPClient, credentials: any CredentialResolving) {
        self.routes = routes
        self.client = client
        self.credentials = credentials
    }

    /// Asks at the first provider of this adapter that the client's routes name.
    package func ask(_ request: VendorRequest, of adapter: AdapterName, for name: ClientName) async
        -> DialectQuestionResult
    {
        let snapshot = routes.current
        guard let provider = snapshot.routes.provider(of: adapter, for: name) else { return .noProvider }
        let caller = HTTPVendorCaller(client: client, endpoint: VendorEndpoint(provider), credentials: credentials)
        switch await caller.call(request) {
        case .answer(let answer): return .answered(answer)
        case .notSent(let fault), .unknown(let fault): return .failed(fault)
        case .noCredential(let unavailable):
            return .failed(DeliveryFault(code: .unauthorized, message: unavailable.message))
        }
    }
}
