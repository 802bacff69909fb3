package import DeliveryEngine
package import Events
package import Routing

/// Asks vendors for comparisons: behind deliveries and clients' reads, and again where a vendor fails temporarily.
package struct VendorComparisons: Sendable {
    private let routes: CurrentRoutes
    private let clients: VendorClients
    private let credentials: any CredentialResolving
    private let admission: ReadAdmission

    /// Maximum requests per question, so that a question to a vendor that keeps failing ends.
    private static let mostFailures = 3
    /// Refusals for the rate limit alone end no question so soon.
    private static let mostRefusals = 20
    private static let pause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(60)

    /// - Parameter clients: not those of deliveries.
    package init(
        routes: CurrentRoutes,
        clients: VendorClients,
        credentials: any CredentialResolving,
        admission: ReadAdmission
    ) {
        self.routes = routes
        self.clients = clients
        self.credentials = credentials
        self.admission = admission
    }

    /// Asks until the inquiry has its answer.
    /// - Returns: ``VendorInquiry/done(_:)``, ``VendorInquiry/failed(_:)`` or ``VendorInquiry/unsupported(_:)``; nil if the task was
    ///   cancelled.
    package func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    { await ask(inquiry, at: provider, failures: Self.mostFailures) }

    /// Asks without repeating a request that may have done something: one that failed without an answer, or inside the vendor.
    /// - Returns: as ``ask(_:at:)``.
    package func askOnce<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration) async
        -> VendorInquiry<Value>?
    { await ask(inquiry, at: provider, failures: 1) }

    private func ask<Value>(_ inquiry: VendorInquiry<Value>, at provider: ProviderConfiguration, failures: Int) async
        -> VendorInquiry<Value>?
    {
        var inquiry = inquiry
        while case .ask(let request, let next) = inquiry {
            switch await call(request, at: provider, failures: failures) {
            case .answer(let answer)?:
                inquiry = next(answer)
                if case .failed(let fault) = inquiry { return .failed(fault.redacted(by: answer.redaction)) }
            case .failed(let fault)?: return .failed(fault)
            case nil: return nil
            }
        }
        return inquiry
    }

    /// Resends events that the vendor has confirmed, with the same bytes.
    /// - Returns: what the vendor says; nil if the task was cancelled.
    package func send(_ events: [TranslatedEvent], to provider: ProviderConfiguration) async -> Verdict? {
        switch await call(provider.adapter.request(carrying: events), at: provider, failures: Self.mostFailures) {
        case .answer(let answer)?:
            return provider.adapter.verdict(of: answer, for: events).redacted(by: answer.redaction)
        case .failed(let fault)?: return .all(.ambiguous(fault))
        case nil: return nil
        }
    }

    private enum Result {
        case answer(VendorAnswer)
        case failed(DeliveryFault)
    }

    /// - Parameter most: failures after which it is not repeated; one of a request that was not sent is none.
    private func call(_ request: VendorRequest, at provider: ProviderConfiguration, failures most: Int) async -> Result?
    {
        let caller = HTTPVendorCaller(
            client: clients.client(for: provider),
            endpoint: VendorEndpoint(provider),
            credentials: credentials
        )
        var (failures, unsent, refusals) = (0, 0, 0)
        while true {
            guard let result = await admission.compare(at: provider.name, { await caller.call(request) }) else {
                return nil
            }
            var wait = Self.pause
            switch result {
            case .answer(let answer) where answer.status == 429:
                admission.heard(answer, from: provider, among: routes.current.routes.accounts)
                refusals += 1
                if refusals >= Self.mostRefusals { return .answer(answer) }
                if case .delay(let asked)? = answer.retryAfter ?? answer.rateLimitReset { wait = asked }
            case .answer(let answer) where answer.status >= 500:
                failures += 1
                if failures >= most { return .answer(answer) }
            case .answer(let answer): return .answer(answer)
            case .notSent(let fault):
                unsent += 1
                if failures + unsent >= Self.mostFailures { return .failed(Self.named(fault, provider)) }
            case .unknown(let fault):
                failures += 1
                if failures >= most || failures + unsent >= Self.mostFailures {
                    return .failed(Self.named(fault, provider))
                }
            case .noCredential(let unavailable):
                return .failed(DeliveryFault(code: .unauthorized, message: unavailable.message))
            }
            do { try await Task.sleep(for: min(max(wait, Self.pause), Self.longestPause)) } catch { return nil }
        }
    }

    private static func named(_ fault: DeliveryFault, _ provider: ProviderConfiguration) -> DeliveryFault {
        guard fault.code == .timeout else { return fault }
        return DeliveryFault(code: .timeout, message: "\(provider.traits.vendor) did not respond in time")
    }
}
