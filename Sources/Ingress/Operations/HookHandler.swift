import Events
import HTTPTypes
import Hummingbird
import Parity
import Routing

/// `POST /v1/hooks/{vendor}`: messages that vendors send on their own, signed with a key that `routes.json` names.
struct HookHandler: Sendable {
    private let routes: CurrentRoutes
    private let services: WebhookServices?

    /// Maximum size of a message, which anyone may send.
    private static let mostBytes = 8 << 20

    init(_ services: EndpointServices) {
        routes = services.given.routes
        self.services = services.given.vendors.webhooks
    }

    /// Finds the provider whose key has signed the message, then reads it.
    func receive(_ call: EndpointCall) async throws -> EndpointResponse {
        let providers = routes.current.routes.providers.filter {
            $0.traits.adapter.rawValue == call.parameter && $0.connection.webhookKey != nil
        }
        guard let services, !providers.isEmpty else { throw Problem.noWebhooks(of: call.parameter) }
        let body = try await call.body.read(limitBytes: min(call.bodyLimitBytes, Self.mostBytes))
        var unavailable: CredentialUnavailable?
        for provider in providers {
            let key: Secret
            do throws(CredentialUnavailable) {
                key = try await services.keys.credential(of: provider.name)
            } catch {
                unavailable = error
                continue
            }
            guard let hook = provider.adapter.hook,
                hook.isSigned(body, with: key, { name in HTTPField.Name(name).flatMap { call.request.headers[$0] } })
            else { continue }
            return try await note(hook.read(body), of: provider, services)
        }
        if let unavailable { throw Problem.noWebhookKey(unavailable.message) }
        throw Problem.badSignature(of: providers[0].traits.vendor)
    }

    /// Stores what the vendor reports. A message that is understood but of no use is accepted too.
    private func note(_ notice: VendorNotice?, of provider: ProviderConfiguration, _ services: WebhookServices)
        async throws(Problem) -> EndpointResponse
    {
        switch notice {
        case .unbilled(let events)?:
            do { try await services.notes.note(events, at: provider.name) } catch { throw Problem(error) }
            return .json(Array(#"{"status":"noted","events":\#(events.count)}"#.utf8))
        // The vendor sends other messages to the same address; refusing them would make it repeat them.
        case .other?: return .json(Array(#"{"status":"ignored"}"#.utf8))
        case nil: throw .badBody("it is not one of \(provider.traits.vendor)'s webhooks")
        }
    }
}

extension Problem {
    /// 404: nothing is taken of what this vendor sends by itself.
    fileprivate static func noWebhooks(of vendor: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "no-webhooks",
            title: "No webhooks of this vendor",
            detail:
                "no provider of \"\(Excerpt.of(vendor, longest: 60))\" has a \"webhook_key\" in routes.json; set it to the key that the vendor signs with"
        )
    }

    /// 503: without the signing key nothing tells the vendor's messages from others.
    fileprivate static func noWebhookKey(_ reason: String) -> Problem {
        Problem(
            status: .serviceUnavailable,
            kind: "unavailable",
            title: "The webhook key is unavailable",
            detail: reason,
            headers: [.retryAfter: "60"]
        )
    }

    /// 401: none of the vendor's providers has the key.
    fileprivate static func badSignature(of vendor: String) -> Problem {
        Problem(
            status: .unauthorized,
            kind: "bad-signature",
            title: "The signature does not match",
            detail:
                "the message is not signed with the \"webhook_key\" of a provider of \(vendor); choose HMAC as the signature in \(vendor), and compare the keys"
        )
    }
}
