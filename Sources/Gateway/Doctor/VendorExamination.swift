import DeliveryEngine
import Events
import NIOPosix
import NIOSSL
import Routing

/// A vendor's response to a provider's credential.
struct VendorDiagnosis: Sendable, Equatable {
    /// What is known about the credential.
    enum Credential: Sendable, Equatable {
        case accepted
        /// It is missing; the text says what to provide.
        case missing(String)
        /// The vendor does not know it.
        case refused(String)
        /// The vendor knows the key, which has no permission to read. Deliveries need another permission.
        case mayNotRead(String)
        /// The vendor has no read that is free of side effects.
        case unreadable(vendor: String)
        /// The vendor could not be reached, or its response does not show it.
        case unknown(String)
    }

    let provider: ProviderName
    let credential: Credential
    /// The vendor's clock, if it responded with one.
    var clock: VendorClock?
}

/// Asks vendors for a list of one event, which has no side effects and shows whether the credential is accepted.
struct VendorExamination: Sendable {
    private let credentials: any CredentialResolving
    private let roots: [NIOSSLCertificate]

    /// The timeout for a vendor.
    private static let patience = Duration.seconds(10)
    /// Maximum number of vendors that are asked at a time.
    private static let mostAtATime = 8

    init(credentials: any CredentialResolving, trusting roots: [NIOSSLCertificate]) {
        self.credentials = credentials
        self.roots = roots
    }

    /// One finding per provider, in their order.
    func examine(_ providers: [ProviderConfiguration]) async -> [VendorDiagnosis] {
        let clients = VendorClients(
            on: MultiThreadedEventLoopGroup.singleton.next(),
            trusting: roots,
            mostConnections: Self.mostAtATime
        )
        let findings = await withTaskGroup(of: (Int, VendorDiagnosis).self) { group in
            var found: [(Int, VendorDiagnosis)] = []
            for (index, provider) in providers.enumerated() {
                if index >= Self.mostAtATime, let finding = await group.next() { found.append(finding) }
                group.addTask { (index, await examine(provider, clients)) }
            }
            for await finding in group { found.append(finding) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        // All responses have arrived; nothing is in flight.
        try? await clients.shutdown()
        return findings
    }

    /// Gets the credential, then makes one read with it.
    private func examine(_ provider: ProviderConfiguration, _ clients: VendorClients) async -> VendorDiagnosis {
        do throws(CredentialUnavailable) {
            _ = try await credentials.credential(of: provider.name)
        } catch {
            return VendorDiagnosis(provider: provider.name, credential: .missing(error.message))
        }
        let query = VendorListQuery(filter: EventFilter(), order: .newestFirst, limit: 1, cursor: nil)
        guard case .ask(let request, let next)? = provider.adapter.reader?.list(query) else {
            return VendorDiagnosis(provider: provider.name, credential: .unreadable(vendor: provider.traits.vendor))
        }
        let caller = HTTPVendorCaller(
            client: clients.client(for: provider),
            endpoint: Self.endpoint(provider),
            credentials: credentials
        )
        let sent = SystemWallClock().now
        let result = await caller.call(request)
        let received = SystemWallClock().now
        switch result {
        case .answer(let answer):
            let clock = answer.header("date").flatMap { Timestamp(httpDate: $0) }.map { date in
                VendorClock(provider: provider.name, date: date, sent: sent, received: received)
            }
            let fault: DeliveryFault? = if case .failed(let fault) = next(answer) { fault } else { nil }
            let redacted = fault.map { $0.redacted(by: answer.redaction) }
            return VendorDiagnosis(provider: provider.name, credential: Self.credential(redacted), clock: clock)
        case .notSent(let fault), .unknown(let fault):
            return VendorDiagnosis(provider: provider.name, credential: .unknown(fault.message))
        case .noCredential(let unavailable):
            return VendorDiagnosis(provider: provider.name, credential: .missing(unavailable.message))
        }
    }

    private static func endpoint(_ provider: ProviderConfiguration) -> VendorEndpoint {
        VendorEndpoint(
            provider: provider.name,
            baseURL: provider.connection.baseURL,
            credential: provider.traits.api.credential,
            headers: provider.connection.headers.map { (name: $0.name, value: $0.value) },
            timeout: min(provider.timeout, patience)
        )
    }

    /// - Parameter fault: of the response; nil if it succeeded.
    static func credential(_ fault: DeliveryFault?) -> VendorDiagnosis.Credential {
        guard let fault else { return .accepted }
        return switch fault.code {
        case .unauthorized: .refused(fault.message)
        case .forbidden: .mayNotRead(fault.message)
        default: .unknown(fault.message)
        }
    }
}
