import Access
import Dashboard
import Events
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Journal

/// `/dashboard/sign-in` and `/dashboard/sign-out`: opens a session for a client's key, and closes it.
struct SignInHandler: Sendable {
    private let parts: DashboardParts
    private let services: EndpointServices

    /// A key and an address of a page fit in.
    private static let formLimitBytes = 16 << 10

    init(_ parts: DashboardParts, _ services: EndpointServices) {
        self.parts = parts
        self.services = services
    }

    func respond(to visit: PageVisit) async throws -> AnsweredPage {
        switch visit.request.method {
        case .get, .head:
            return AnsweredPage(
                answer: .page(page(to: FormFields(visit.request.uri.query.map { $0[...] } ?? "")["to"]))
            )
        case .post: return try await signIn(visit)
        default: throw Problem.wrongMethod(visit.request.method.rawValue, allowed: ["GET", "POST"])
        }
    }

    /// Closes the session, and tells the browser to forget its cookie.
    func signOut(_ visit: PageVisit, _ caller: Caller, _ session: KeyDigest) async throws -> AnsweredPage {
        guard visit.request.method == .post else {
            throw Problem.wrongMethod(visit.request.method.rawValue, allowed: ["POST"])
        }
        do {
            try await parts.sessions.close(session)
        } catch {
            throw Problem(error)
        }
        await services.given.operations.audit.session("signed out", caller, at: services.given.clock.now)
        return AnsweredPage(
            answer: .see("/dashboard/sign-in"),
            // Pages that the browser keeps for its back button go, too.
            fields: [
                HTTPField(name: .setCookie, value: SessionCookie.removal),
                HTTPField(name: .clearSiteData, value: "\"cache\""),
            ]
        )
    }

    /// Opens a session for a valid key. Attempts are limited per address before the key is checked.
    private func signIn(_ visit: PageVisit) async throws -> AnsweredPage {
        let form = FormFields(try await visit.body.read(limitBytes: Self.formLimitBytes))
        let destination = form["to"]
        if let wait = parts.sessions.countTry(from: visit.incoming.address) {
            let seconds = max(1, (wait.wholeMilliseconds + 999) / 1000)
            var answered = refusal(
                "Too many tries from this address; try again in \(seconds) s.",
                destination,
                .tooManyRequests
            )
            answered.fields = [HTTPField(name: .retryAfter, value: "\(seconds)")]
            return answered
        }
        guard let key = form["key"] else { return refusal("Enter a client's key.", destination, .unprocessableContent) }
        var caller: Caller
        do {
            caller = try services.gatekeeper.caller(
                presenting: key,
                from: visit.incoming.address,
                in: visit.requestID
            )
            caller.requestID = visit.requestID
        } catch {
            let problem = Problem(error)
            return refusal("\(problem.title).", destination, .unauthorized)
        }
        guard caller.client.may(.dashboard) else {
            await services.given.operations.audit.session(
                "sign-in refused",
                caller,
                at: services.given.clock.now,
                ["missing_scope": Scope.dashboard.rawValue]
            )
            return refusal("\(Problem.noDashboardScope.detail).", destination, .forbidden)
        }
        let token: Secret
        do {
            token = try await parts.sessions.open(with: caller.key.digest)
        } catch {
            throw Problem(error)
        }
        await services.given.operations.audit.session("signed in", caller, at: services.given.clock.now)
        return AnsweredPage(
            answer: .see(SignInPage.safe(destination ?? "/dashboard")),
            caller: caller,
            fields: [HTTPField(name: .setCookie, value: SessionCookie.setting(token))]
        )
    }

    private func refusal(_ fault: String, _ destination: String?, _ status: HTTPResponse.Status) -> AnsweredPage {
        AnsweredPage(answer: .page(page(fault, to: destination), status: status))
    }

    private func page(_ fault: String? = nil, to destination: String?) -> SignInPage {
        SignInPage(fault: fault, destination: destination ?? "/dashboard", demoKey: parts.settings.demoKey)
    }
}
