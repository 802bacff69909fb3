package import Access
package import DeliveryEngine
package import Events
package import Routing

/// Sends reads and estimates to a vendor on a client's behalf, and waits for the response.
package struct VendorQuestions: Sendable {
    private let routes: CurrentRoutes
    private let clients: VendorClients
    private let credentials: any CredentialResolving
    private let adapters: [any Adapter]

    /// Maximum requests per read; a read that needs more has failed.
    private static let mostRequests = 50
    /// Per provider, so that reads that hang exhaust neither the memory nor the vendor.
    private static let mostReads = 8
    /// How long a read waits for the vendor's rate limit, which deliveries use first.
    private static let patience = Duration.seconds(5)

    private let concurrency = ConcurrentReads(limit: mostReads)
    private let admission: ReadAdmission

    /// - Parameter clients: used for questions only, so that a question without a response does not occupy a connection that deliveries
    ///   need.
    package init(
        routes: CurrentRoutes,
        clients: VendorClients,
        credentials: any CredentialResolving,
        adapters: [any Adapter],
        admission: ReadAdmission
    ) {
        self.admission = admission
        self.routes = routes
        self.clients = clients
        self.credentials = credentials
        self.adapters = adapters
    }

    /// The adapter with a name; nil if there is none.
    package func adapter(_ name: AdapterName) -> (any Adapter)? { adapters.first { $0.traits.adapter == name } }

    /// Of all vendors.
    package var traits: [VendorTraits] { adapters.map(\.traits) }

    /// The vendors that can answer questions of a kind, by their names for people.
    package func vendors(able ability: VendorAbility) -> [String] {
        adapters.filter { $0.reader?.abilities.contains(ability) ?? false }.map(\.traits.vendor)
    }

    /// Asks until the inquiry has its answer.
    /// - Returns: ``VendorInquiry/done(_:)``, ``VendorInquiry/failed(_:)`` or ``VendorInquiry/unsupported(_:)``.
    /// - Throws: ``ReadError`` if the vendor is not asked, or not to the end.
    package func ask<Value>(
        _ inquiry: VendorInquiry<Value>,
        at provider: ProviderConfiguration
    ) async throws(ReadError) -> VendorInquiry<Value> {
        try begin(provider.name)
        defer { concurrency.end(provider.name) }
        let caller = caller(for: provider)
        var inquiry = inquiry
        for _ in 0..<Self.mostRequests {
            guard case .ask(let request, let next) = inquiry else { return inquiry }
            try await awaitTurn(at: provider.name)
            switch await caller.call(request) {
            case .answer(let answer):
                admission.heard(answer, from: provider, among: routes.current.routes.accounts)
                inquiry = next(answer)
                if case .failed(let fault) = inquiry { return .failed(fault.redacted(by: answer.redaction)) }
            case .notSent(let fault): return .failed(fault)
            case .unknown(let fault):
                let what = fault.code == .timeout ? "did not respond in time" : "closed the connection early"
                return .failed(DeliveryFault(code: fault.code, message: "\(provider.traits.vendor) \(what)"))
            case .noCredential(let unavailable):
                return .failed(DeliveryFault(code: .unauthorized, message: unavailable.message))
            }
        }
        let message = "\(provider.traits.vendor) has more pages than one read may take; narrow the read"
        return .failed(DeliveryFault(code: .vendorError, message: message))
    }

    /// Asks at the first provider of this adapter that the client's routes name, and that the client may read from.
    package func ask(_ request: VendorRequest, of adapter: AdapterName, for client: Client) async
        -> DialectQuestionResult
    {
        let routes = routes.current.routes
        let known = routes.providers(for: client.name).filter { $0.traits.adapter == adapter }
        guard !known.isEmpty else { return .noProvider }
        guard let provider = known.first(where: { routes.mayRead($0.name, client) }) else { return .forbidden }
        do throws(ReadError) {
            try begin(provider.name)
        } catch {
            return .failed(DeliveryFault(code: .rateLimited, message: error.message))
        }
        defer { concurrency.end(provider.name) }
        do throws(ReadError) {
            try await awaitTurn(at: provider.name)
        } catch {
            return .failed(DeliveryFault(code: .rateLimited, message: error.message))
        }
        let caller = caller(for: provider)
        switch await caller.call(request) {
        case .answer(var answer):
            admission.heard(answer, from: provider, among: routes.accounts)
            answer.body = answer.redaction.redacted(answer.body)
            return .answered(answer)
        case .notSent(let fault), .unknown(let fault): return .failed(fault)
        case .noCredential(let unavailable):
            return .failed(DeliveryFault(code: .unauthorized, message: unavailable.message))
        }
    }

    private func begin(_ provider: ProviderName) throws(ReadError) {
        guard concurrency.begin(provider) else { throw .tooMany(provider, limit: Self.mostReads) }
    }

    private func awaitTurn(at provider: ProviderName) async throws(ReadError) {
        guard await admission.admit(to: provider, within: Self.patience) else { throw .rateLimited(provider) }
    }

    private func caller(for provider: ProviderConfiguration) -> HTTPVendorCaller {
        let client = clients.client(for: provider)
        return HTTPVendorCaller(client: client, endpoint: VendorEndpoint(provider), credentials: credentials)
    }
}
